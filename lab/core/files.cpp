#include "lab/core/files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <system_error>

#include "lab/core/error.h"

namespace lab {
namespace {

std::string host_name() {
  char name[256] = {};
  gethostname(name, sizeof name - 1);
  return name;
}

[[noreturn]] void fail(const fs::path& path, const char* action) {
  throw std::system_error(errno, std::generic_category(),
                          std::string(action) + " " + path.string());
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

void write_and_sync(const fs::path& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.get() < 0) fail(path, "cannot create");
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "cannot write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  while (::fsync(file.get()) != 0) {
    if (errno != EINTR) fail(path, "cannot sync");
  }
}

// Whether a leftover "<host>.<pid>.<n>" belongs to a process of this host that has ended.
bool is_orphan(const std::string& name, const std::string& host) {
  if (!name.starts_with(host + ".")) return false;
  const pid_t pid = static_cast<pid_t>(std::strtol(name.c_str() + host.size() + 1, nullptr, 10));
  return pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH;
}

}  // namespace

std::string read_file(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    throw InputError(path.string() + ": cannot be read: " + std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) throw InputError(path.string() + ": is a folder, not a file");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (true) {
    if (have == bytes.size()) bytes.resize(bytes.size() + 4096);  // it grew, or has no known size
    const ssize_t got = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw InputError(path.string() + ": cannot be read: " + std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

void write_atomically(const fs::path& path, std::string_view bytes, const fs::path& tmp) {
  static std::atomic<std::uint64_t> counter{0};
  // Hosts and process numbers repeat where containers share a folder: random bits tell them apart.
  static const std::string own =
      host_name() + "." + std::to_string(::getpid()) + "." + std::to_string(std::random_device{}());
  fs::create_directories(tmp);
  fs::create_directories(path.parent_path());
  const fs::path part = tmp / (own + "." + std::to_string(counter++));
  try {
    write_and_sync(part, bytes);
    fs::rename(part, path);
  } catch (...) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw;
  }
}

void remove_leftovers(const fs::path& tmp) {
  const std::string host = host_name();
  const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
  std::error_code gone;  // another process may be clearing up, too
  for (auto entry = fs::directory_iterator(tmp, gone); !gone && entry != fs::directory_iterator();
       entry.increment(gone)) {
    std::error_code ignored;
    const bool old = fs::last_write_time(entry->path(), ignored) < yesterday && !ignored;
    if (old || is_orphan(entry->path().filename().string(), host))
      fs::remove(entry->path(), ignored);
  }
}

}  // namespace lab
