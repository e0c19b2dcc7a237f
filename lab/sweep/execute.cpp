#include "lab/sweep/execute.h"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <set>
#include <thread>

#include "lab/core/files.h"
#include "lab/sweep/schedule.h"

namespace lab {
namespace {

using Clock = std::chrono::steady_clock;
using End = Schedule::End;
using State = Work::State;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

// The store is not what it was a moment ago: nobody's stage is to blame, and the sweep ends.
struct StoreChanged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A stage sees what it needs and nothing else.
class StageContext : public Context {
 public:
  StageContext(const Store& store, const Stage& stage, const StopToken& stop)
      : store_(store), stage_(stage), stop_(stop) {}

  Product need(const std::string& id) override {
    const bool known = std::any_of(stage_.needs.begin(), stage_.needs.end(),
                                   [&](const StagePtr& need) { return need->id == id; });
    if (!known) throw std::logic_error(stage_.name + " reads a stage that it does not need: " + id);
    std::optional<Product> product = read_stage(store_, id);
    if (!product.has_value()) {
      throw StoreChanged("stage " + id + " vanished from " + store_.root.string() +
                         "; run again to make it anew");
    }
    return *std::move(product);
  }
  const StopToken& stop() const override { return stop_; }

 private:
  const Store& store_;
  const Stage& stage_;
  const StopToken& stop_;
};

class Execution {
 public:
  Execution(const Plan& plan, const Store& store, const Work& work, const ExecuteOptions& options,
            const StopToken& stop)
      : plan_(plan),
        store_(store),
        work_(work),
        options_(options),
        stop_(stop),
        schedule_(work, options.workers) {}

  Outcome run() {
    tbb::task_arena arena(options_.workers);
    arena.execute([this] {
      start_all();
      group_.wait();
    });
    if (error_) std::rethrow_exception(error_);
    Outcome outcome = schedule_.outcome(work_.runs);
    outcome.stopped = stop_.requested() && outcome.stages.left > 0;
    return outcome;
  }

 private:
  // Starts what needs nothing else, and ends what needs no making.
  void start_all() {
    for (std::size_t i = 0; i < work_.nodes.size(); ++i) {
      const Work::Node& node = work_.nodes[i];
      const bool wanted = !node.runs.empty() && work_.wanted[node.runs.front()];
      if (node.state == State::make && node.needs.empty()) start(i);
      if (node.state == State::failed) guarded([&] { fail_again(i); });
      if (node.state == State::available && wanted) start(i);  // the file of its run is missing
      if (node.state == State::available && !wanted) follow(schedule_.succeed(i, End::reused, 0));
    }
  }

  void start(std::size_t i) {
    schedule_.push(i);
    group_.run([this] {  // makes the first ready stage in plan order, whichever started this task
      const std::size_t next = schedule_.pop();
      if (!stop_.requested() && !broken_.load()) guarded([&] { make(next); });
    });
  }

  void follow(const Schedule::Next& next) {
    report();
    for (const std::size_t node : next.ready) start(node);
    for (const Schedule::Lost& lost : next.lost) {
      guarded([&] { give_up(lost.node, End::skipped, lost.failure, provenance(utc_now(), 0)); });
    }
  }

  // What goes wrong outside stages (a full disk, say) ends the sweep.
  template <class Action>
  void guarded(const Action& action) {
    try {
      action();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
      broken_.store(true);
    }
  }

  void prepare_thread() {
    {
      const std::lock_guard lock(mutex_);
      if (!threads_.insert(std::this_thread::get_id()).second) return;
    }
    if (options_.on_worker_start) options_.on_worker_start();
  }

  void make(std::size_t i) {
    prepare_thread();
    announce(i);
    const Stage& stage = *work_.nodes[i].stage;
    const std::string started = utc_now();
    const Clock::time_point begin = Clock::now();
    std::string problem;
    std::optional<Product> product = read_stage(store_, stage.id);
    const End how = product.has_value() ? End::reused : End::made;  // another process was faster
    if (how == End::made) {
      try {
        StageContext context(store_, stage, stop_);
        tbb::this_task_arena::isolate([&] { product = stage.make(context); });
      } catch (const Stopped&) {
        return;
      } catch (const StoreChanged&) {
        throw;
      } catch (const std::exception& error) {
        problem = error.what();
      }
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const nlohmann::json origin = provenance(started, seconds);
    if (product.has_value()) {
      keep(i, *product, how, origin);
      follow(schedule_.succeed(i, how, seconds));
    } else if (auto made = read_stage(store_, stage.id); made.has_value()) {
      // Another process made it meanwhile: its product stands, and our trouble is our own.
      keep(i, *made, End::reused, origin);
      follow(schedule_.succeed(i, End::reused, seconds));
    } else {
      write_failure(store_, stage, problem, origin);
      give_up(i, End::failed, {stage.id, stage.name, problem}, origin);
    }
  }

  void keep(std::size_t i, const Product& product, End how, const nlohmann::json& origin) const {
    const Work::Node& node = work_.nodes[i];
    const bool stored = node.stored || node.runs.empty() || !product.tensors.empty();
    if (how == End::made && stored) write_stage(store_, *node.stage, product, origin);
    if (!node.runs.empty()) write_run(store_, *node.stage, product, origin);
  }

  // A stage has no product, and so its run has none.
  void give_up(std::size_t i, End how, const StageFailure& failure, const nlohmann::json& origin) {
    const Work::Node& node = work_.nodes[i];
    if (!node.runs.empty()) write_failed_run(store_, *node.stage, failure, origin);
    follow(schedule_.fail(i, how, failure));
  }

  void fail_again(std::size_t i) {
    const Stage& stage = *work_.nodes[i].stage;
    const StageFailure unread{stage.id, stage.name, "failed before"};
    give_up(i, End::failed, read_failure(store_, stage.id).value_or(unread),
            provenance(utc_now(), 0));
  }

  nlohmann::json provenance(const std::string& started, double seconds) const {
    nlohmann::json result = options_.provenance;
    result["started"] = started;
    result["seconds"] = seconds;
    result["threads"] = options_.threads;
    result["workers"] = options_.workers;
    return result;
  }

  void announce(std::size_t i) {
    if (!options_.on_progress) return;
    const Work::Node& node = work_.nodes[i];
    std::string text = node.stage->name;
    if (!node.runs.empty()) text.append(" ").append(point_text(plan_, plan_.runs[node.runs[0]]));
    schedule_.begin(std::move(text));
    report();
  }

  void report() {
    if (!options_.on_progress) return;
    const std::lock_guard one_at_a_time(report_mutex_);
    options_.on_progress(schedule_.tick());
  }

  const Plan& plan_;
  const Store& store_;
  const Work& work_;
  const ExecuteOptions& options_;
  const StopToken& stop_;
  Schedule schedule_;
  tbb::task_group group_;
  std::mutex report_mutex_;
  std::atomic<bool> broken_{false};
  std::mutex mutex_;  // guards what follows
  std::set<std::thread::id> threads_;
  std::exception_ptr error_;
};

}  // namespace

Outcome execute(const Plan& plan, const Store& store, const ExecuteOptions& options,
                const StopToken& stop) {
  if (options.workers < 1) throw InputError("--workers must be at least 1");
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(options.workers));
  remove_leftovers(store.root / "tmp");
  const Work work = work_of(plan, store, options.retry_failed);
  return Execution(plan, store, work, options, stop).run();
}

}  // namespace lab
