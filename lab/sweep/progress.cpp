#include "lab/sweep/progress.h"

#include <algorithm>
#include <cstdio>
#include <ostream>

namespace lab {
namespace {

std::string formatted(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

// 9 s: "0:09"; 2 h: "2:00:00".
std::string clock_text(double seconds) {
  const auto all = static_cast<long long>(std::min(seconds, 1e12) + 0.5);
  char text[48];
  if (all < 3600) {
    std::snprintf(text, sizeof text, "%lld:%02lld", all / 60, all % 60);
  } else {
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
  }
  return text;
}

// The text's first characters (not bytes: it may be UTF-8).
std::string shortened(const std::string& text, std::size_t characters) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (starts && count++ == characters) return text.substr(0, i);
  }
  return text;
}

}  // namespace

std::string progress_text(const Tick& tick) {
  std::string text = std::to_string(tick.done) + "/" + std::to_string(tick.total) + " runs";
  if (tick.failed > 0) text += " · " + std::to_string(tick.failed) + " failed";
  if (tick.made > 0 && tick.seconds > 0) {
    const double rate = static_cast<double>(tick.made) / tick.seconds;
    text += rate >= 1 ? " · " + formatted("%.1f", rate) + " stages/s"
                      : " · " + formatted("%.1f", 1 / rate) + " s/stage";
  }
  const bool ended = tick.done + tick.failed >= tick.total;
  if (ended) return text + " · " + clock_text(tick.seconds);
  if (tick.left >= 0) text += " · " + clock_text(tick.left) + " left";
  if (!tick.current.empty()) text += " · " + tick.current;
  return text;
}

Progress::Progress(std::ostream& out, bool terminal, int columns, double interval)
    : out_(out),
      terminal_(terminal),
      columns_(static_cast<std::size_t>(std::max(columns, 20))),
      interval_(terminal ? 0.1 : interval) {
  if (terminal) thread_ = std::thread([this] { animate(); });
}

Progress::~Progress() {
  finish();
}

void Progress::operator()(const Tick& tick) {
  const std::lock_guard lock(mutex_);
  if (finished_) return;
  tick_ = tick;
  received_ = Clock::now();
  fresh_ = true;
  if (!any_ || received_ - written_ >= interval_) write(false);
  any_ = true;
}

void Progress::finish() {
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    finished_ = true;
    if (any_ && (terminal_ || fresh_)) write(true);
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Progress::animate() {
  std::unique_lock lock(mutex_);
  while (!finished_) {
    wake_.wait_for(lock, std::chrono::milliseconds(500));
    if (!finished_ && any_ && Clock::now() - written_ >= interval_) write(false);
  }
}

// The line as of now. Called with the mutex held.
void Progress::write(bool last) {
  written_ = Clock::now();
  fresh_ = false;
  Tick tick = tick_;
  const double since = std::chrono::duration<double>(written_ - received_).count();
  tick.seconds += since;
  if (tick.left >= 0) tick.left = std::max(0.0, tick.left - since);
  const std::string text = progress_text(tick);
  if (terminal_) {
    out_ << "\r\x1b[K" << shortened(text, columns_ - 1) << (last ? "\n" : "") << std::flush;
  } else {
    out_ << text << "\n" << std::flush;
  }
}

}  // namespace lab
