#include "lab/core/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include "lab/core/error.h"
#include "lab/core/stop.h"

extern char** environ;

namespace lab {
namespace {

// One end of a pipe, or nothing.
struct Descriptor {
  int number = -1;
  ~Descriptor() { close(); }
  void close() {
    if (number >= 0) ::close(number);
    number = -1;
  }
};

struct Pipe {
  Descriptor read, write;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Failure(std::string("no pipe: ") + std::strerror(errno));
    read.number = ends[0];
    write.number = ends[1];
  }
};

// To its end, or until `wake` can be read, too: somebody else may hold the other end.
std::string read_all(int descriptor, int wake) {
  std::string text;
  char buffer[65536];
  for (;;) {
    pollfd ends[] = {{descriptor, POLLIN, 0}, {wake, POLLIN, 0}};
    if (poll(ends, 2, -1) < 0 && errno == EINTR) continue;
    if (ends[1].revents != 0) return text;
    const ssize_t got = ::read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

// Stops early when the reader is gone; it then says why by itself.
void write_all(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t put = ::write(descriptor, text.data() + done, text.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return;
    done += static_cast<std::size_t>(put);
  }
}

// SIGPIPE off for this thread, so that a reader that died is an error and not our end.
struct WithoutPipeSignal {
  sigset_t before, pipe;
  WithoutPipeSignal() {
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
  }
  ~WithoutPipeSignal() {
    const timespec now{0, 0};
    sigtimedwait(&pipe, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
};

// Kills a process group when its time is over or somebody asks for a stop.
class Watch {
 public:
  Watch(pid_t group, double seconds)
      : group_(group),
        seconds_(seconds),
        token_(StopScope::current()),
        thread_([this] { run(); }) {}
  ~Watch() { end(); }

  int wake() const { return wake_.read.number; }  // can be read once the group was killed

  void end() {
    ended_.store(true);
    if (thread_.joinable()) thread_.join();
  }
  bool late() const { return late_; }
  bool stopped() const { return stopped_; }

 private:
  void run() {
    const auto start = std::chrono::steady_clock::now();
    while (!ended_.load()) {
      const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
      stopped_ = token_ != nullptr && token_->requested();
      late_ = !stopped_ && seconds_ > 0 && passed.count() > seconds_;
      if (stopped_ || late_) {
        kill(-group_, SIGKILL);
        wake_.write.close();
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  pid_t group_;
  double seconds_;
  const StopToken* token_;
  Pipe wake_;
  std::atomic<bool> ended_{false};
  bool late_ = false, stopped_ = false;  // read after the thread has ended
  std::thread thread_;
};

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.substr(text.find_last_of('\n') + 1);
}

}  // namespace

// Its errors are read while it runs, so that neither side waits for the other.
std::string run_program(const std::vector<std::string>& command, const std::string& input,
                        double seconds) {
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.number, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.number, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write.number, 2);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawnattr_t attributes;  // a process group of its own
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t child = 0;
  const int failed =
      posix_spawnp(&child, arguments[0], &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    throw NotStarted("cannot start " + command[0] + " (" + std::strerror(failed) + ")");
  }
  in.read.close();
  out.write.close();
  err.write.close();
  Watch watch(child, seconds);
  std::string errors;
  std::thread reader([&] { errors = read_all(err.read.number, watch.wake()); });
  std::thread writer([&] {
    const WithoutPipeSignal quiet;
    write_all(in.write.number, input);
    in.write.close();
  });
  const std::string output = read_all(out.read.number, watch.wake());
  writer.join();
  reader.join();
  siginfo_t how{};  // its number is not given to another process before nobody kills it any more
  while (waitid(P_PID, static_cast<id_t>(child), &how, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  watch.end();
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (watch.stopped()) throw Stopped();
  if (watch.late()) {
    char limit[32];
    std::snprintf(limit, sizeof limit, "%g", seconds);
    throw Failure(command[0] + " took longer than " + limit + " s and was ended");
  }
  if (status != 0) {
    const std::string why = last_line(errors);
    throw Failure(why.empty() ? command[0] + " ended without a word" : why);
  }
  return output;
}

}  // namespace lab
