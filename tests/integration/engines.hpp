// The two private engines that the test cases of one program share: one behind plain TCP, one
// behind mutual TLS. Both have a plain unix socket too, for a direct look.
#pragma once

#include "tests/support/docker_engine.hpp"
#include "tests/support/test_directory.hpp"
#include "tests/support/test_pki.hpp"

#include <filesystem>
#include <optional>

namespace integration {

struct engines {
    test_support::engine_address plain;
    test_support::engine_address tls;
    test_support::test_pki pki;
};

// The two engines, as long as this object lives.
class engine_pair {
public:
    engine_pair();

    engines addresses() const;

private:
    test_support::test_directory directory_;
    test_support::test_pki pki_;
    test_support::docker_engine plain_;
    test_support::docker_engine tls_;
};

// ctest runs every test case in a process of its own, so the engines live in another one: the
// supervisor that `engine_fixture start` leaves behind. It describes the engines in `state_file`
// and holds a lock while they are there, so that a stale description is never believed.
class supervisor_lock {
public:
    explicit supervisor_lock(const std::filesystem::path& state_file);

    // False when another process holds it.
    bool take();

    // The process that holds it.
    std::optional<pid_t> holder() const;

private:
    test_support::unique_fd file_;
};

void write_state(const std::filesystem::path& state_file, const engines& running);

// From here on our temporary files live and end with the supervisor's, if there is one: even those
// of a test that ctest has killed.
void share_supervisors_directory();

// The supervised engines; without a supervisor (a test run by hand) a pair of our own.
const engines& shared_engines();

}  // namespace integration
