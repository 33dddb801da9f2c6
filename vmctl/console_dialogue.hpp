// One command given to the shell on a guest's serial console, as bytes: what is typed, and what of
// that which comes back is the command's. Pure.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vmctl {

// The shell echoes what it is given, prints prompts, and shares the console with the kernel. So it
// is asked first to print a mark, again and again until it does, since one that is not there yet
// takes no input; only then does it get the command, once, between two other marks. What is typed
// never contains a mark as it is printed.
class console_dialogue {
public:
    // The longest line that is surely taken in as a whole: the kernel keeps 4095 bytes for a shell
    // that does not read yet.
    static constexpr std::size_t longest_command = 3000;

    // `token` is of letters and digits, another one for each dialogue on a console. `command` must
    // not contain a newline, and be no longer than longest_command. `where` is a command that only
    // the shell that is meant ends well: one of a container, or of another machine, may have been
    // left on the console, and is as good as none.
    console_dialogue(std::string command, std::string token, const std::string& where);

    // To be typed first, and again from time to time until answered().
    const std::string& question() const { return question_; }

    // Takes what the console has printed, which may end anywhere. Gives what to type now, often
    // nothing.
    std::string receive(std::string_view bytes);

    bool answered() const { return state_ != state::asking; }

    // Once the command has ended: its exit status and what it has printed, at most some ten
    // kilobytes from its beginning, without the kernel's lines.
    const std::optional<guest_result>& result() const { return result_; }

private:
    enum class state { asking, typed, running, ended };

    void look_for_end();

    std::string token_;
    std::string question_;
    std::string command_;
    state state_ = state::asking;
    std::string text_;  // what was not made sense of yet
    std::string output_;
    std::optional<guest_result> result_;
};

}  // namespace vmctl
