// The marks, and what is between them.
#include "vmctl/console_dialogue.hpp"

#include <algorithm>
#include <charconv>
#include <regex>
#include <utility>

namespace vmctl {
namespace {

// Empties the line that somebody may have begun: ^U, in a shell's line editor and in the terminal.
constexpr char clear_line = '\x15';
constexpr std::size_t longest_output = 16UL * 1024;

constexpr std::string_view ready_mark = "gangway-ready-";
constexpr std::string_view begin_mark = "gangway-begin-";
constexpr std::string_view end_mark = "gangway-end-";

// As an argument of printf's "%s%s", which joins what is apart where it is typed.
std::string in_two(std::string_view mark, const std::string& token)
{
    return "'" + std::string(mark) + "' '" + token + "'";
}

// The blank keeps the line out of the shell's history where that is customary.
std::string typed(const std::string& line)
{
    return clear_line + (" " + line) + "\r";
}

// "[   12.345678] words", or with a level before it.
bool is_kernels(const std::string& line)
{
    static const std::regex kernels(R"(^(<\d+>)?\[ *\d+\.\d{6}\].*)");
    return std::regex_match(line, kernels);
}

std::string cleaned(std::string_view raw)
{
    std::string clean;
    while (!raw.empty()) {
        const auto end = raw.find('\n');
        std::string line(raw.substr(0, end));
        raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
        std::erase(line, '\r');
        if (!is_kernels(line)) clean += line + "\n";
    }
    // The newline that is put before the mark at the end.
    while (clean.ends_with('\n')) clean.pop_back();
    return clean.empty() ? clean : clean + "\n";
}

}  // namespace

console_dialogue::console_dialogue(std::string command, std::string token, const std::string& where)
    : token_(std::move(token)),
      question_(typed(where + " && printf '\\n%s%s.\\n' " + in_two(ready_mark, token_))),
      // The mark at the end comes twice: the kernel may print into one.
      command_(typed(
          "printf '\\n%s%s.\\n' " + in_two(begin_mark, token_) + "; { " + std::move(command) +
          "; } </dev/null 2>&1; printf '\\n%s%s %s.\\n%s%s %s.\\n' " + in_two(end_mark, token_) +
          " $? " + in_two(end_mark, token_) + " $?"
      ))
{
}

std::string console_dialogue::receive(std::string_view bytes)
{
    text_ += bytes;
    std::string answer;
    if (state_ == state::asking) {
        const auto mark = std::string(ready_mark) + token_ + ".";
        if (const auto at = text_.find(mark); at != std::string::npos) {
            text_.erase(0, at + mark.size());
            state_ = state::typed;
            answer = command_;
        } else if (text_.size() > mark.size()) {
            text_.erase(0, text_.size() - mark.size());
        }
    }
    if (state_ == state::typed) {
        const auto mark = std::string(begin_mark) + token_ + ".";
        if (const auto at = text_.find(mark); at != std::string::npos) {
            const auto line_end = text_.find('\n', at);
            if (line_end != std::string::npos) {
                text_.erase(0, line_end + 1);
                state_ = state::running;
            }
        } else if (text_.size() > longest_output) {
            text_.erase(0, text_.size() - mark.size());
        }
    }
    if (state_ == state::running) look_for_end();
    return answer;
}

void console_dialogue::look_for_end()
{
    const auto mark = std::string(end_mark) + token_ + " ";
    for (auto at = text_.find(mark); at != std::string::npos; at = text_.find(mark, at + 1)) {
        const auto* const begin = text_.data() + at + mark.size();
        const auto* const end = text_.data() + text_.size();
        int status = 0;
        const auto [stop, error] = std::from_chars(begin, end, status);
        if (stop == end) break;  // more of it is to come
        if (error != std::errc() || *stop != '.') continue;
        output_ += text_.substr(0, at);
        // The first of the two may be broken.
        if (const auto first = output_.find("\n" + std::string(end_mark));
            first != std::string::npos)
            output_.resize(first);
        result_ = guest_result{status, cleaned(output_)};
        state_ = state::ended;
        return;
    }
    // What may belong to the marks stays.
    constexpr std::size_t kept = 512;
    if (text_.size() <= 2 * kept) return;
    const auto settled = text_.size() - kept;
    output_ += text_.substr(0, settled);
    output_.resize(std::min(output_.size(), longest_output));
    text_.erase(0, settled);
}

}  // namespace vmctl
