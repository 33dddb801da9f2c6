// Steps of the story that is told in vm_life_test.cpp: the engine's settings, on a VM that runs.
#pragma once

#include "tests/e2e/account.hpp"
#include "tests/support/process.hpp"

#include <nlohmann/json_fwd.hpp>

namespace e2e {

// A proxy on this machine, behind which is a registry of a private authority. For as long as it
// lives, the user has the settings for it.
class company_network {
public:
    explicit company_network(const account& user);

    // What is in the configuration under "engine".
    nlohmann::json settings() const;

    // The engine reaches the registry, trusts it, and is told that it has no such image.
    void is_used(const account& user);

private:
    std::filesystem::path authority_;
    std::string port_;
    std::unique_ptr<test_support::process> proxy_;
};

// Between two daemons, of which the second has further settings: what the engine has taken over,
// and what it says of the rest.
void the_engine_takes_over_what_it_can(const account& user);

// After the restart.
void the_engine_has_all_settings(const account& user);

// For the second daemon.
nlohmann::json changed_settings(const company_network& company);

}  // namespace e2e
