// What the proxy knows of the engine behind it: something that hands out leases. Whether a VM has
// to be started for that is not the proxy's business.
#pragma once

#include "config/endpoint.hpp"
#include "config/settings.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace vmctl {

// Where the engine can be dialled now. `tls` set: mutual TLS with these files.
struct engine_address {
    config::engine_endpoint endpoint;
    std::optional<config::tls_files> tls;
    // What the engine sees of this host, each at the same path. Nothing: that is not known, and
    // what requests say of paths is between client and engine.
    std::optional<std::vector<config::share>> shares = std::nullopt;
    bool operator==(const engine_address&) const = default;
};

// What a request means for an engine that sleeps when it is idle.
enum class activity {
    passive,   // only looks, and is over soon: no use
    watching,  // only looks, for as long as its client likes (the logs of a service that follow)
    active,    // uses the engine, which stays awake until the request is answered
};

// What kind of wish starts the VM, or wakes it.
enum class wake_reason {
    request,  // of a client at the docker socket
    command,  // of the user, at the control socket
    port,     // a connection to a port that a container publishes
    image,    // a new one is there
};

// Who asks for the engine and why; appears in the log and in `gangway status`.
struct requester {
    unsigned uid = 0;
    int pid = 0;
    std::string command;  // the client program's name, empty when unknown
    std::string request;  // "GET /v1.41/containers/json"
    wake_reason reason = wake_reason::request;
    std::string user = {};  // instead of the uid, where there are names only (Windows)
};

// Keeps the engine in use while it lives. Move-only; released by destruction. Must not outlive the
// engine that gave it, and lives on the loop's thread like everything of the proxy.
class lease {
public:
    lease() = default;

    lease(engine_address address, std::function<void()> release)
        : lease(std::make_shared<const engine_address>(std::move(address)), std::move(release))
    {
    }

    lease(std::shared_ptr<const engine_address> address, std::function<void()> release)
        : address_(std::move(address)), release_(std::move(release))
    {
    }

    lease(lease&& other) noexcept
        : address_(std::move(other.address_)), release_(std::exchange(other.release_, nullptr))
    {
    }

    lease& operator=(lease&& other) noexcept
    {
        lease moved(std::move(other));
        std::swap(address_, moved.address_);
        std::swap(release_, moved.release_);
        return *this;
    }

    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;

    ~lease()
    {
        if (release_) release_();
    }

    const engine_address& address() const { return *address_; }

private:
    std::shared_ptr<const engine_address> address_;
    std::function<void()> release_;
};

// The engine cannot be had. what() is a sentence for the user of the docker client: what failed and
// what to do about it.
class engine_unavailable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class engine {
public:
    virtual ~engine() = default;

    // A lease when the engine is there and nothing has to be waited for; else nothing, and
    // acquire() is the way.
    virtual std::optional<lease> acquire_now(activity /*kind*/) { return std::nullopt; }

    // Waits until the engine answers, starting whatever that takes. Any number of callers may wait
    // at once. Throws engine_unavailable; may be cancelled (terminal).
    virtual boost::asio::awaitable<lease> acquire(requester who, activity kind) = 0;

    // For somebody whose lease was the engine's that has gone: waits until it answers again, and
    // starts nothing for that, except for who is active and finds that it has died. Throws
    // engine_unavailable when it was stopped on purpose; may be cancelled (terminal).
    virtual boost::asio::awaitable<lease> acquire_again(requester who, activity kind)
    {
        co_return co_await acquire(std::move(who), kind);
    }

    // It sleeps, or is on the way there, and acquire() would wake it. Until then nothing in it
    // changes that it would not tell.
    virtual bool sleeps() const { return false; }

    // Nobody answers at `tried`, the address of a lease. Whether it makes sense to acquire() once
    // more, as the engine there is gone, or answers again; returns when that is known. May be
    // cancelled (terminal).
    virtual boost::asio::awaitable<bool> has_gone(engine_address /*tried*/) { co_return false; }

    // What the user can do when an engine that was leased cannot be connected to.
    virtual std::string advice() const { return "see `gangway logs`, or try `gangway restart`"; }
};

}  // namespace vmctl
