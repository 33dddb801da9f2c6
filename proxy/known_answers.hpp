// What the engine has last said to requests that only look (route::lasting), byte for byte, for as
// long as nothing in it changes: while it sleeps they get the same answers again. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace proxy {

struct known_answer {
    std::string question;
    std::string answer;
    bool operator==(const known_answer&) const = default;
};

struct known_answers_bounds {
    std::size_t answers = 128;
    std::size_t each = std::size_t{1} << 20;  // bytes, with the question
    std::size_t all = std::size_t{8} << 20;   // the same of all of them together
};

// A question is what a request's answer depends on (plain_question.hpp). Lives on the loop's
// thread.
class known_answers {
public:
    explicit known_answers(known_answers_bounds bounds = {}) : bounds_(bounds) {}

    known_answers(const known_answers&) = delete;
    known_answers& operator=(const known_answers&) = delete;
    ~known_answers() = default;

    // When a question was asked, seen from what changes the engine.
    using moment = std::uint64_t;

    // Nothing: something is changing, so that no answer to a question of now will last.
    std::optional<moment> now() const;

    // Nothing, too, when there is no answer.
    std::optional<std::string> find(const std::string& question);

    // `answer` was begun after `asked` and has ended now. Forgotten at once when it is too large,
    // or when something has changed meanwhile. Those that nobody has asked for the longest time go
    // for it.
    void remember(std::string question, std::string answer, moment asked);

    // Whether an answer of `size` bytes is worth keeping so far.
    bool has_room_for(std::size_t size) const { return size <= bounds_.each; }

    // The one that was asked for last comes first.
    std::vector<known_answer> all() const { return {known_.begin(), known_.end()}; }

    // What all() gave of the same engine, in which nothing has changed since.
    void restore(const std::vector<known_answer>& all);

    // Everything: something in the engine has changed.
    void forget();

    struct change_ended {
        void operator()(known_answers* all) const { all->end_change(); }
    };

    // While it lives, something may change in the engine at any time. Must not outlive its giver.
    using change = std::unique_ptr<known_answers, change_ended>;

    [[nodiscard]] change begin_change();

private:
    static std::size_t size_of(const known_answer& one)
    {
        return one.question.size() + one.answer.size();
    }

    void end_change();
    void drop(std::list<known_answer>::iterator one);

    known_answers_bounds bounds_;
    std::list<known_answer> known_;  // the one that was asked for last comes first
    // Keys are in known_.
    std::unordered_map<std::string_view, std::list<known_answer>::iterator> places_;
    std::size_t size_ = 0;
    moment changes_ = 0;
    std::size_t changing_ = 0;
};

}  // namespace proxy
