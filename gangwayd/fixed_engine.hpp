// An engine that already runs somewhere, behind `--engine`: nothing to start, nothing to wait for.
#pragma once

#include "config/settings.hpp"
#include "vmctl/engine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

class fixed_engine final : public vmctl::engine {
public:
    // Throws std::runtime_error with a sentence when the TLS directory lacks a file.
    // `shares`: what the engine sees of this machine; empty: nobody knows.
    fixed_engine(
        const config::remote_engine_settings& settings, const std::vector<config::share>& shares
    );

    std::optional<vmctl::lease> acquire_now(vmctl::activity) override;
    boost::asio::awaitable<vmctl::lease> acquire(vmctl::requester, vmctl::activity) override;
    std::string advice() const override;

    const vmctl::engine_address& address() const { return *address_; }

private:
    std::shared_ptr<const vmctl::engine_address> address_;
};
