// One look at a thing at a time, so that an older answer never comes after a newer one: who finds a
// look under way leaves a note there, and it is followed by another.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace proxy {

// Lives on the loop's thread.
class turns {
    struct state {
        bool asked_again = false;
    };

public:
    // While it lives, nobody else has one for the same name. Must not outlive the turns.
    class turn {
    public:
        turn(turns& owner, std::string name, std::shared_ptr<state> own)
            : owner_(owner), name_(std::move(name)), own_(std::move(own))
        {
        }

        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;
        turn(turn&&) = delete;
        turn& operator=(turn&&) = delete;

        ~turn()
        {
            const auto found = owner_.under_way_.find(name_);
            if (found != owner_.under_way_.end() && found->second == own_)
                owner_.under_way_.erase(found);
        }

        // Whether somebody has asked since the turn was taken, or since the last call.
        bool asked_again() { return std::exchange(own_->asked_again, false); }

    private:
        turns& owner_;
        std::string name_;
        std::shared_ptr<state> own_;
    };

    // Nothing: somebody has it, and knows now that he was asked again.
    std::optional<turn> take(const std::string& name)
    {
        auto& there = under_way_[name];
        if (there) {
            there->asked_again = true;
            return std::nullopt;
        }
        there = std::make_shared<state>();
        return std::optional<turn>(std::in_place, *this, name, there);
    }

    // Who has a turn now is not asked any more.
    void forget() { under_way_.clear(); }

private:
    std::map<std::string, std::shared_ptr<state>> under_way_;
};

}  // namespace proxy
