#include "lab/cli/interrupts.h"

#include <signal.h>
#include <unistd.h>

#include "lab/cli/command.h"

namespace lab {
namespace {

StopToken g_stop;  // signal handlers can reach nothing else

void on_interrupt(int) {
  if (g_stop.requested()) _exit(kInterrupted);
  g_stop.request();
}

}  // namespace

const StopToken& stop_on_interrupt() {
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;  // a file that is being written is written to its end
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return g_stop;
}

}  // namespace lab
