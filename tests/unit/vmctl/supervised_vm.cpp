// The fixture's plumbing.
#include "tests/unit/vmctl/supervised_vm.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace vmctl_test {

namespace asio = boost::asio;
using namespace vmctl;

namespace {

asio::awaitable<void> ask_engine(const test_support::fake_hypervisor& host)
{
    if (!host.does_engine_answer()) throw std::runtime_error("connection refused");
    co_return;
}

}  // namespace

supervised_vm::supervised_vm(std::function<void(boot_plan&)> change)
    : vm(loop.get_executor(),
         host,
         plan(change),
         [this](engine_address) { return ask_engine(host); }),
      tasks_(loop.get_executor())
{
    vm.on_engine_lost([this](const std::string& reason) { losses.push_back(reason); });
}

boot_plan supervised_vm::plan(const std::function<void(boot_plan&)>& change)
{
    boot_plan plan;
    plan.spec.name = "gangway-test";
    plan.spec.serial_log = directory / "serial.log";
    plan.stages.push_back(
        {"image",
         [this](domain_spec& spec) {
             spec.kernel = "/images/vmlinuz";
             prepared.push_back("image");
         },
         /* only_describes= */ true}
    );
    plan.stages.push_back({"files", [this](domain_spec&) { prepared.push_back("files"); }});
    plan.delete_files = [this](bool keep_data) {
        prepared.push_back(keep_data ? "deleted but for the data" : "deleted");
    };
    change(plan);
    return plan;
}

void supervised_vm::run(asio::awaitable<void> (*body)(supervised_vm&))
{
    test_support::run_loop(loop, run_body(body(*this)));
}

asio::awaitable<void> supervised_vm::run_body(asio::awaitable<void> body)
{
    std::exception_ptr failure;
    try {
        co_await std::move(body);
    } catch (...) {
        failure = std::current_exception();
    }
    host.release();
    co_await shut_down();
    co_await tasks_.wait();
    for (auto& each : clients_) each->held = lease();
    if (failure) std::rethrow_exception(failure);
}

asio::awaitable<void> supervised_vm::shut_down()
{
    if (!std::exchange(shut_down_, true)) co_await vm.shutdown();
}

client& supervised_vm::arrives(activity kind, int pid)
{
    auto& who = *clients_.emplace_back(std::make_unique<client>());
    auto as = someone();
    as.pid = pid != 0 ? pid : as.pid + static_cast<int>(clients_.size());
    tasks_.spawn(keep(who, vm.acquire(std::move(as), kind)), [](const std::exception_ptr&) {});
    return who;
}

client& supervised_vm::comes_back(activity kind)
{
    auto& who = *clients_.emplace_back(std::make_unique<client>());
    tasks_.spawn(keep(who, vm.acquire_again(someone(), kind)), [](const std::exception_ptr&) {});
    return who;
}

asio::awaitable<void> supervised_vm::keep(client& who, asio::awaitable<lease> asking)
{
    try {
        who.held = co_await std::move(asking);
    } catch (const engine_unavailable& error) {
        who.failure = error.what();
    }
    who.answered = true;
}

void supervised_vm::begin(asio::awaitable<void> work, std::string& failure)
{
    tasks_.spawn(std::move(work), [&failure](const std::exception_ptr& thrown) {
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& error) {
            failure = error.what();
        }
    });
}

asio::awaitable<void> supervised_vm::reaches(vm_state state)
{
    return test_support::until([this, state] { return vm.status().state == state; });
}

}  // namespace vmctl_test
