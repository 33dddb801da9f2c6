// An answer that goes on for as long as its client likes, and longer than a connection to the
// engine: where that breaks, the answer is joined again, and the client sees one that paused.
#pragma once

#include "proxy/dialer.hpp"
#include "proxy/exchange.hpp"
#include "proxy/followed_upstream.hpp"
#include "proxy/inlet.hpp"
#include "proxy/io_task.hpp"
#include "proxy/loop_tools.hpp"
#include "proxy/watched_stream.hpp"
#include "vmctl/engine.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace proxy {

// What the client has asked, with HTTP/1.1 and without a body.
struct followed_request {
    std::string head;  // as it was sent, with its blank line
    vmctl::activity activity = vmctl::activity::watching;
    vmctl::requester who;
    request_name name;
};

// Lives on the loop's thread, and until run() has ended.
class followed_answer {
public:
    followed_answer(
        loop_tools& tools,
        vmctl::engine& engine,
        dialer& dialer,
        byte_stream& client,
        followed_request request,
        std::unique_ptr<watched_stream> stream
    );

    // Asks at `engine` and hands on the answer, to its end. Throws when that cannot be had, or the
    // client not be written to: its connection is to be broken then. Once.
    io_task<> run(std::unique_ptr<byte_stream> engine, vmctl::lease lease);

    // What the client was told in the answer's head: that the connection ends with it.
    bool closes() const { return closes_; }

    // The client sends no more, which dockerd takes for its going. run() ends soon.
    void client_finished() noexcept;

    // The connection to the engine is dead, or about to be. The answer is joined again.
    void lose_engine() noexcept { upstream_.lose(); }

    // From now on an engine that is gone without a word is noticed.
    void keep_alive() noexcept { upstream_.keep_alive(); }

    // run() ends soon, without a word to the client.
    void abort() noexcept;

private:
    enum class outcome { ended, broke_off };

    io_task<> follow();
    io_task<> learn_beginning();
    io_task<outcome> pass_on(std::string target);
    io_task<outcome> hand_on();
    io_task<> hand_on_plain();
    io_task<bool> take_in();
    io_task<bool> take_head(std::size_t size);
    io_task<> write_client(std::string_view bytes);
    void finish_asking() noexcept;
    void check_aborted() const;

    byte_stream& client_;
    const std::string head_;
    const vmctl::requester who_;
    const request_name name_;
    traffic& counted_;
    const std::unique_ptr<watched_stream> stream_;

    followed_upstream upstream_;
    inlet from_engine_;
    response_reader responses_;
    bool asked_ = false;     // on this connection, which is there
    bool has_head_ = false;  // of the answer on this connection
    bool begun_ = false;     // the client has a head
    bool plain_ = false;     // the answer passes as it is, and is not joined again
    bool closes_ = false;
    bool client_finished_ = false;
    bool aborted_ = false;
};

}  // namespace proxy
