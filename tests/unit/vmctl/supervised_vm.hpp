// A supervisor on a loop, over a fake hypervisor, with clients that come and go: what each
// supervisor test stands on.
#pragma once

#include "tests/support/fake_hypervisor.hpp"
#include "tests/support/run_loop.hpp"
#include "tests/support/test_directory.hpp"
#include "vmctl/supervisor.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace vmctl_test {

// A client that asked for the engine, and what came of it.
struct client {
    bool answered = false;
    std::string failure;  // empty: it has a lease
    vmctl::lease held;
};

class supervised_vm {
public:
    // The plan of the supervisor; a test changes it before it runs anything.
    explicit supervised_vm(std::function<void(vmctl::boot_plan&)> change = [](auto&) {});

    // Runs `body`, then the supervisor's shutdown, whatever `body` does. Throws what it threw.
    void run(boost::asio::awaitable<void> (*body)(supervised_vm&));

    // A client comes now, on the loop: a process of its own, or that of `pid` once more.
    client& arrives(vmctl::activity kind = vmctl::activity::active, int pid = 0);

    // A client whose engine has gone waits for it to be back.
    client& comes_back(vmctl::activity kind);

    // All clients that still wait go away.
    void clients_vanish() { tasks_.cancel(); }

    // Begins something that is awaited at the end; what it throws is kept in `failure`.
    void begin(boost::asio::awaitable<void> work, std::string& failure);

    // The supervisor's shutdown in the middle of a test.
    boost::asio::awaitable<void> shut_down();

    // Waits until `state` is reached.
    boost::asio::awaitable<void> reaches(vmctl::vm_state state);

    test_support::test_directory directory;
    boost::asio::io_context loop{1};
    test_support::fake_hypervisor host;
    std::vector<std::string> losses;    // what on_engine_lost was told
    std::vector<std::string> prepared;  // host stages that ran, on the pool
    vmctl::supervisor vm;

private:
    vmctl::boot_plan plan(const std::function<void(vmctl::boot_plan&)>& change);
    boost::asio::awaitable<void> run_body(boost::asio::awaitable<void> body);
    boost::asio::awaitable<void> keep(client& who, boost::asio::awaitable<vmctl::lease> asking);

    bool shut_down_ = false;
    std::vector<std::unique_ptr<client>> clients_;
    vmctl::task_group tasks_;
};

inline vmctl::requester someone()
{
    return {1000, 4711, "docker", "GET /v1.41/info"};
}

}  // namespace vmctl_test
