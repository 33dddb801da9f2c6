// One client connection from its first byte to its last: classify, wait for the engine, connect,
// move bytes both ways. It is the only place where clients, leases and upstream connections meet.
#pragma once

#include "proxy/dialer.hpp"
#include "proxy/exchange.hpp"
#include "proxy/listener.hpp"
#include "proxy/route_table.hpp"
#include "proxy/unread_buffer.hpp"
#include "vmctl/engine.hpp"
#include "vmctl/gate.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace proxy {

struct session_limits {
    // dockerd's ReadHeaderTimeout, from accept to the end of the first head (moby
    // cmd/dockerd/daemon.go). Past it the connection is closed without a word, as there.
    std::chrono::steady_clock::duration first_head = std::chrono::minutes(5);
    // A client that has vanished (not: half-closed) is reported to the engine by a reset after this
    // time, in which what it had sent still arrives.
    std::chrono::steady_clock::duration abort_grace = std::chrono::seconds(1);
    // After a response that cut a request short, or one of our own: how long the client may stay
    // silent before we close. Go's server waits as long (rstAvoidanceDelay in net/http/server.go).
    std::chrono::steady_clock::duration linger = std::chrono::milliseconds(500);
};

// Lives on the loop's thread. run() is called once; the session must outlive it.
class session {
public:
    session(
        boost::asio::any_io_executor executor,
        client_connection client,
        vmctl::engine& engine,
        dialer& dialer,
        session_limits limits
    );

    // Returns when the connection has ended in an orderly way; throws when it broke, and then the
    // engine sees a reset.
    boost::asio::awaitable<void> run();

    // Whether a connection to the engine is open.
    bool connected() const { return upstream_ != nullptr; }

    // Whether a request is unanswered, or a hijacked stream is open.
    bool in_flight() const { return opening_ || !leases_.empty(); }

    // Breaks both connections; run() then ends.
    void abort() noexcept;

private:
    enum class opening { head, raw, nothing };

    boost::asio::awaitable<opening> read_first_head();
    boost::asio::awaitable<bool> open();
    boost::asio::awaitable<void> relay();
    boost::asio::awaitable<void> connect(vmctl::requester who, route what);
    boost::asio::awaitable<bool> connect_unless_gone(vmctl::requester who, route what);
    boost::asio::awaitable<void> refuse(std::string reason, bool to_head);

    boost::asio::awaitable<void> upload();
    boost::asio::awaitable<std::size_t> read_client();
    boost::asio::awaitable<void> finish_upload();
    boost::asio::awaitable<bool> forward_unread();
    boost::asio::awaitable<bool> send(std::size_t count);
    boost::asio::awaitable<void> unless_client_goes(boost::asio::awaitable<void> work);
    boost::asio::awaitable<void> abort_when_client_goes();
    boost::asio::awaitable<void> admit_request();
    boost::asio::awaitable<void> admit_raw();

    boost::asio::awaitable<void> download();
    boost::asio::awaitable<void> read_engine();
    boost::asio::awaitable<void> write_client(std::string_view bytes);
    boost::asio::awaitable<void> discard_engine();
    boost::asio::awaitable<void> end_response(std::string refused);
    boost::asio::awaitable<void> deliver_unread();
    boost::asio::awaitable<void> watch_for_hangup();
    boost::asio::awaitable<void> drain_client();

    void decide_hijack(bool accepted);
    application_protocol spoken() const;
    expected_response expect_response(const route& what) const;
    vmctl::requester requester_of_request() const;
    vmctl::requester requester_of_bytes() const;
    vmctl::requester requester_of(std::string request) const;

    boost::asio::any_io_executor executor_;
    client_connection client_;
    vmctl::engine& engine_;
    dialer& dialer_;
    session_limits limits_;

    std::unique_ptr<byte_stream> upstream_;
    bool opening_ = false;  // waits for the engine with its first request
    // One for each unanswered request, in order; a hijacked stream keeps its own to the end.
    std::deque<vmctl::lease> leases_;

    // Client to engine
    request_reader requests_;
    unread_buffer from_client_;
    std::size_t admitted_ = 0;  // bytes of from_client_ that may be sent on
    bool between_requests_ = true;
    bool upload_cut_ = false;  // the engine stopped reading before the client stopped writing
    // Nobody reads from the client any more: its end of stream has come, or the engine does not
    // want the rest.
    vmctl::gate client_finished_;

    // The last request may turn the connection into a raw stream: what the client sends after it is
    // understood only once the engine has answered.
    bool hijack_pending_ = false;
    bool raw_admitted_ = false;  // bytes without framing pass, under a lease taken before
    std::shared_ptr<vmctl::gate> hijack_decided_;

    // Engine to client
    response_reader responses_;
    unread_buffer from_engine_;
    bool engine_answered_ = false;  // a byte came: from then on errors are the engine's own
};

}  // namespace proxy
