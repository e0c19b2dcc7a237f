#include "lab/report/render.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "lab/core/error.h"

extern char** environ;

namespace lab {
namespace {

namespace fs = std::filesystem;

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
    if (pipe2(ends, O_CLOEXEC) != 0) throw Failure(std::string("drawing: ") + std::strerror(errno));
    read.number = ends[0];
    write.number = ends[1];
  }
};

std::string read_all(int descriptor) {
  std::string text;
  char buffer[65536];
  for (;;) {
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

std::string python() {
  const char* chosen = std::getenv("LAB_PYTHON");
  return chosen != nullptr && *chosen != '\0' ? chosen : LAB_DEFAULT_PYTHON;
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text.substr(text.find_last_of('\n') + 1);
}

// Runs tools/render.py with `input`; gives what it writes. Its errors are read while it runs, so that
// neither side waits for the other.
std::string run_python(const std::string& input) {
  const std::string program = python(), script = LAB_RENDER_SCRIPT;
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.number, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.number, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write.number, 2);
  char* const arguments[] = {const_cast<char*>(program.c_str()), const_cast<char*>(script.c_str()),
                             nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    throw Failure("drawing: cannot start " + program + " (" + std::strerror(failed) +
                  "); run `make setup`, or name a Python that has vl-convert in LAB_PYTHON");
  }
  in.read.close();
  out.write.close();
  err.write.close();
  std::string errors;
  std::thread reader([&] { errors = read_all(err.read.number); });
  std::thread writer([&] {
    const WithoutPipeSignal quiet;
    write_all(in.write.number, input);
    in.write.close();
  });
  const std::string output = read_all(out.read.number);
  writer.join();
  reader.join();
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) {
    const std::string why = last_line(errors);
    throw Failure("drawing: " + (why.empty() ? program + " ended without a word" : why));
  }
  return output;
}

}  // namespace

void render(const std::vector<RenderJob>& jobs) {
  if (jobs.empty()) return;
  nlohmann::json list = nlohmann::json::array();
  for (const RenderJob& job : jobs) {
    list.push_back(
        {{"spec", job.spec}, {"format", job.format}, {"file", fs::absolute(job.file).string()}});
  }
  run_python(nlohmann::json{{"jobs", list}}.dump());
}

std::string vega_bundle() {
  return run_python(R"({"bundle": true})");
}

}  // namespace lab
