// The console's lines as stages and as a tail that is fit for a terminal and for JSON.
#include "vmctl/boot_log.hpp"

#include <algorithm>
#include <utility>

namespace vmctl {

namespace {

constexpr std::size_t tail_lines = 10;
constexpr std::size_t longest_line = 200;
// A guest that never ends its line must not fill our memory.
constexpr std::size_t longest_partial = 4096;

// The word at the start of `text`, which is moved past it and the blanks behind it.
std::string_view take_word(std::string_view& text)
{
    const auto word = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(word.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return word;
}

// What follows `mark` in the line. The kernel may have put a time stamp before it.
std::optional<std::string_view> after(std::string_view line, std::string_view mark)
{
    const auto at = line.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    return line.substr(at + mark.size());
}

// "3", "3.27". By digits, since not every library reads floating-point numbers (LLVM's libc++).
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text)
{
    constexpr std::size_t longest = 6;
    const auto point = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, point);
    auto thousandths = std::string(text.substr(std::min(point + 1, text.size())));
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    if (whole.empty() || whole.size() > longest || !std::ranges::all_of(whole, is_digit) ||
        !std::ranges::all_of(thousandths, is_digit) || (thousandths.empty() && point < text.size()))
        return std::nullopt;
    thousandths.resize(3, '0');
    return std::chrono::milliseconds(std::stoi(std::string(whole) + thousandths));
}

// Without escape sequences (ECMA-48: ESC [ … final byte) and control characters. Bytes beyond ASCII
// become '?', so that whatever a guest prints is valid in JSON.
std::string printable(std::string_view line)
{
    std::string clean;
    for (std::size_t at = 0; at < line.size() && clean.size() < longest_line; ++at) {
        const char c = line[at];
        if (c == '\x1b') {
            if (at + 1 < line.size() && line[at + 1] == '[') {
                at += 2;
                while (at < line.size() && !(line[at] >= '@' && line[at] <= '~')) ++at;
            } else {
                ++at;
            }
        } else if (c == '\t') {
            clean += ' ';
        } else if (c >= ' ' && c <= '~') {
            clean += c;
        } else if (static_cast<unsigned char>(c) >= 0x80) {
            clean += '?';
        }
    }
    clean.erase(clean.find_last_not_of(' ') + 1);
    return clean;
}

}  // namespace

std::vector<guest_stage> boot_log::append(std::string_view bytes)
{
    std::vector<guest_stage> completed;
    partial_ += bytes;
    std::size_t start = 0;
    for (;;) {
        const auto end = partial_.find('\n', start);
        if (end == std::string::npos) break;
        take_line(std::string_view(partial_).substr(start, end - start), completed);
        start = end + 1;
    }
    partial_.erase(0, start);
    if (partial_.size() > longest_partial) partial_.erase(0, partial_.size() - longest_partial);
    return completed;
}

void boot_log::take_line(std::string_view line, std::vector<guest_stage>& completed)
{
    auto text = printable(line);
    if (text.empty()) return;
    if (auto rest = after(text, "gangway-stage ")) {
        const auto name = take_word(*rest);
        const auto time = parse_seconds(take_word(*rest));
        if (time && !name.empty() && !this->completed(name)) {
            stages_.push_back({std::string(name), *time});
            completed.push_back(stages_.back());
        }
    } else if (auto problem = after(text, "gangway-fail "); problem && !failure_) {
        const auto name = take_word(*problem);
        failure_ = guest_failure{std::string(name), std::string(*problem)};
    } else if (const auto panic = text.find("Kernel panic - not syncing");
               panic != std::string::npos && !panic_) {
        panic_ = text.substr(panic);
    }
    tail_.push_back(std::move(text));
    if (tail_.size() > tail_lines) tail_.pop_front();
}

bool boot_log::completed(std::string_view stage) const
{
    return std::any_of(stages_.begin(), stages_.end(), [stage](const guest_stage& known) {
        return known.name == stage;
    });
}

std::optional<std::string> boot_log::waiting_for() const
{
    if (stages_.empty()) return std::nullopt;
    const auto first = std::find_if(guest_stages.begin(), guest_stages.end(), [this](auto name) {
        return completed(name);
    });
    const auto next =
        std::find_if(first, guest_stages.end(), [this](auto name) { return !completed(name); });
    if (next == guest_stages.end()) return std::nullopt;
    return std::string(*next);
}

std::vector<std::string> boot_log::tail() const
{
    std::vector<std::string> lines(tail_.begin(), tail_.end());
    // A panic or a prompt may be the last thing, without an end of line.
    if (auto unfinished = printable(partial_); !unfinished.empty()) {
        lines.push_back(std::move(unfinished));
        if (lines.size() > tail_lines) lines.erase(lines.begin());
    }
    return lines;
}

std::string describe_tail(const boot_log& log)
{
    const auto lines = log.tail();
    if (lines.empty()) return {};
    std::string text = "\nThe end of the serial console:";
    for (const auto& line : lines) text += "\n  " + line;
    return text;
}

std::string describe_timeout(const boot_log& log, std::chrono::milliseconds limit)
{
    std::string text = "the VM was not ready within " +
                       std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) +
                       " s: ";
    if (const auto stage = log.waiting_for()) {
        text += "its stage \"" + *stage + "\" did not complete";
    } else if (log.completed(guest_stages.back())) {
        text += "the guest reports a running engine, but the engine does not answer";
    } else if (log.tail().empty()) {
        text += "its serial console shows nothing, so its kernel did not start";
    } else {
        text +=
            "its kernel started, but the guest reported no stage and the engine does not answer";
    }
    return text + "; a slow machine may need a larger vm.boot_timeout" + describe_tail(log);
}

std::string describe_failure(const boot_log& log, const guest_failure& failure)
{
    std::string text = "the guest could not start";
    if (!failure.stage.empty()) text += ": its stage \"" + failure.stage + "\" failed";
    if (!failure.reason.empty()) text += ": " + failure.reason;
    return text + describe_tail(log);
}

}  // namespace vmctl
