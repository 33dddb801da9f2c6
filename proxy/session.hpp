// One client connection from its first byte to its last: classify, wait for the engine, connect,
// move bytes both ways. It is the only place where clients, leases and upstream connections meet.
#pragma once

#include "proxy/dialer.hpp"
#include "proxy/exchange.hpp"
#include "proxy/followed_answer.hpp"
#include "proxy/inlet.hpp"
#include "proxy/io_task.hpp"
#include "proxy/known_answers.hpp"
#include "proxy/listener.hpp"
#include "proxy/loop_tools.hpp"
#include "proxy/resumption.hpp"
#include "proxy/route_table.hpp"
#include "proxy/start_gate.hpp"
#include "vmctl/engine.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

struct session_limits {
    // dockerd's ReadHeaderTimeout, from accept to the end of the first head (moby
    // cmd/dockerd/daemon.go). Past it the connection is closed without a word, as there.
    std::chrono::steady_clock::duration first_head = std::chrono::minutes(5);
    // A client that has vanished (not: half-closed) is reported to the engine by a reset after this
    // time, in which what it had sent still arrives.
    std::chrono::steady_clock::duration abort_grace = std::chrono::seconds(1);
    // A connection to the engine that has lasted so long is kept alive. Most end sooner, and are
    // spared the system calls.
    std::chrono::steady_clock::duration keep_alive_after = std::chrono::seconds(1);
    // After a response that cut a request short, or one of our own: how long the client may stay
    // silent before we close. Go's server waits as long (rstAvoidanceDelay in net/http/server.go).
    std::chrono::steady_clock::duration linger = std::chrono::milliseconds(500);
};

// What goes on in a session beyond a question and its answer.
enum class open_stream {
    none,
    hijacked,  // both directions are raw (attach, exec)
    answer,    // one that lasts as long as its client likes (events, logs that are followed)
    raw,       // no HTTP that we know
};

// Lives on the loop's thread, from start() until it is told to have ended.
class session final : wait_completion {
public:
    session(
        loop_tools& tools,
        client_connection client,
        vmctl::engine& engine,
        dialer& dialer,
        const session_limits& limits
    );

    // Begins. `ended` is called once, from the loop, and may destroy the session: with nothing when
    // the connection has ended in an orderly way, else with how it broke; the engine has seen a
    // reset then.
    void start(std::function<void(std::exception_ptr)> ended);

    // Whether a connection to the engine is open.
    bool connected() const { return upstream_ != nullptr && !letting_go_; }

    // The engine is about to be gone for a while, or is gone: an answer that can be joined again
    // waits for it.
    void lose_stream() noexcept;

    // Ends the connection to the engine, if there is one and nothing is under way on it. The client
    // sees nothing of that: its next request gets another one.
    void let_go() noexcept;

    // Whether a request is unanswered, or a hijacked stream is open.
    bool in_flight() const { return opening_ || !unanswered_.empty(); }

    open_stream stream() const;

    // Who is in flight with what; of several requests, the last.
    vmctl::requester requester_now() const;

    // It has lasted a while: from now on it notices an engine that is gone without a word.
    void keep_alive() noexcept;

    bool keeps_alive() const { return keeps_alive_; }

    // Breaks both connections; it ends soon.
    void abort() noexcept;

    const peer& client() const { return client_.who; }

private:
    enum class admission {
        passes,
        answered,  // by us, or it will be; nothing of it is to be sent on
        refused,   // there is no engine, and the client was told
    };

    enum class holding {
        whole,
        cut,        // the client has ended before the request has, or its framing is broken
        too_large,  // all of it was read and none is left
    };

    // An answer that is copied on its way to the client, to be known while the engine sleeps.
    struct overheard {
        std::string question;
        std::string answer;
        known_answers::moment asked;
    };

    struct unanswered {
        vmctl::lease lease;
        std::unique_ptr<container_start> start;  // null: it starts no container that we know of
        bool restores = false;                   // paths in the answer
        bool lasts = false;                      // the answer does, as long as the client likes
        request_name name;
        known_answers::change change;      // null: it changes nothing in the engine
        std::unique_ptr<overheard> heard;  // null: the answer does not last
    };

    // Bytes from the engine that can be handed on, and whether they end a message.
    struct delivery {
        std::size_t ready = 0;
        bool ended = false;
    };

    // The client cannot be written to any more.
    class client_gone : public std::runtime_error {
        using std::runtime_error::runtime_error;
    };

    // session.cpp: the life as a whole
    io_task<> live();
    void begin_download();
    void download_ended(std::exception_ptr failure);
    io_task<> refuse(std::string reason, bool to_head);
    io_task<> drain_client();
    void part_ended(std::exception_ptr failure);
    void finish();

    // session_open.cpp: an engine for a request that finds none
    bool idle() const;
    io_task<bool> open(route what);
    io_task<> connect(route what);
    io_task<bool> connect_unless_gone(route what);
    io_task<vmctl::lease> acquire(vmctl::activity kind);
    void take_lease(vmctl::lease lease, const route& what);

    // session_upload.cpp: client to engine
    io_task<> upload();
    io_task<std::size_t> read_client();
    io_task<bool> forward_unread();
    io_task<bool> send(std::size_t count);
    io_task<> finish_upload();
    io_task<admission> admit(std::size_t head_size);

    io_task<bool> send_bytes(std::string_view bytes);

    // session_hold.cpp: requests that have to be here as a whole
    io_task<bool> forward_held();
    io_task<holding> hold_body();
    io_task<> answers_before();
    io_task<> refuse_held(std::string reply, int status);
    io_task<> answer_client(std::string_view reply);

    // session_follow.cpp: answers that outlive the engine's connections
    std::unique_ptr<watched_stream> stream_to_follow(const route& what) const;
    io_task<admission> follow(
        route what, std::size_t head_size, std::unique_ptr<watched_stream> stream
    );
    void follow_ended(std::exception_ptr failure);
    io_task<> end_of_following();

    // session_binds.cpp: requests that name paths of this machine
    io_task<std::optional<std::string>> translate(names_paths what, std::string text);

    // session_starts.cpp: what a container publishes is open before the client hears of its start
    io_task<> admit_start(route what);
    io_task<std::string> settle_start();
    io_task<std::size_t> deliver_start(std::size_t ready, std::size_t answer);

    // session_answers.cpp: paths in answers
    bool restores(const route& what) const;
    io_task<delivery> deliver_restored(std::size_t ready, std::size_t head_size);

    // session_known.cpp: answers that hold while the engine sleeps
    std::string lasting_question(const route& what, std::size_t head_size) const;
    std::optional<std::string> answer_asleep(const std::string& question);
    void listen_for(std::string question);
    void overhear(const piece& what, std::string_view bytes);
    void overhear_body(std::string_view bytes);
    void hear_instead(std::string_view answer);
    bool overhears() const;
    void remember_what_was_heard();

    // session_download.cpp: engine to client
    io_task<> download();
    io_task<> read_engine();
    io_task<> deliver_unread();
    io_task<> write_client(std::string_view bytes);
    io_task<> hand_on(std::size_t count);
    io_task<> finish_client();
    io_task<> end_response(std::string refused);
    io_task<> discard_engine();
    void first_is_answered();
    void count_answer(int status);
    void decide_hijack(bool accepted);

    // session_splice.cpp: engine to client, unseen
    io_task<> splice_bodies();
    io_task<bool> splice_what_is_there(splice_pipe& pipe);
    std::optional<std::size_t> look_ahead(int engine);
    io_task<> drain_pipe(splice_pipe& pipe);

    // session_watch.cpp: a client that goes while nobody reads from it
    void begin_watching();
    void end_watching();
    void client_went();
    void complete(boost::system::error_code failure) override;

    application_protocol spoken() const;
    expected_response expect_response(const route& what) const;
    void take_in(const route& what);
    void expect_answer(const route& what);

    loop_tools& tools_;
    client_connection client_;
    vmctl::engine& engine_;
    dialer& dialer_;
    const session_limits& limits_;
    std::function<void(std::exception_ptr)> ended_;

    std::unique_ptr<byte_stream> upstream_;
    // In order; a hijacked stream stays to the end.
    std::vector<unanswered> unanswered_;
    int parts_ = 0;  // coroutines that have not ended
    std::exception_ptr failure_;
    bool aborted_ = false;
    bool keeps_alive_ = false;
    // What can be called off while the client waits for an engine.
    dial_attempt* dialling_ = nullptr;
    std::unique_ptr<boost::asio::cancellation_signal> acquiring_;
    bool opening_ = false;  // waits for the engine with a request that nothing is before
    std::optional<deadline> first_head_;
    bool download_begun_ = false;  // from upstream_
    bool letting_go_ = false;      // of upstream_, which goes when download() has ended
    resumption let_go_;            // it is gone
    // Beside it there is no upstream_, and no other answer. Apart, since few connections have one.
    std::unique_ptr<followed_answer> following_;
    resumption followed_;  // it has ended

    // Client to engine
    request_reader requests_;
    inlet from_client_;
    std::size_t admitted_ = 0;  // bytes of from_client_ that may be sent on
    bool between_requests_ = true;
    bool raw_request_ = false;  // what is forwarded is no HTTP we know
    request_name name_;         // of the request that was admitted last, or is being admitted
    // The request whose head is admitted names paths or starts a container, and is held until it is
    // here as a whole.
    route held_;
    resumption answered_;  // a request was
    bool sending_ = false;
    bool upload_cut_ = false;  // the engine stopped reading before the client stopped writing
    // Nobody reads from the client any more: its end of stream has come, or the engine does not
    // want the rest.
    bool client_finished_ = false;

    // The last request may turn the connection into a raw stream: what the client sends after it is
    // understood only once the engine has answered.
    bool hijack_pending_ = false;
    bool raw_admitted_ = false;  // bytes without framing pass, under a lease taken before
    resumption hijack_decided_;

    // Engine to client
    response_reader responses_;
    inlet from_engine_;
    bool engine_answered_ = false;  // a byte came: from then on errors are the engine's own
    bool engine_finished_ = false;
    bool engine_will_close_ = false;  // its last answer said so, and the client relies on it

    // The watch for the client's going
    bool watching_ = false;
    bool watch_pending_ = false;  // complete() will be called
    boost::asio::cancellation_signal watch_ended_;
    std::optional<deadline> going_;  // it went; the engine is told when this has passed
};

}  // namespace proxy
