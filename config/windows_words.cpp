// Backslashes mean themselves, but before a quotation mark.
#include "config/windows_words.hpp"

#include <string_view>

namespace config {
namespace {

std::string quoted(std::string_view word)
{
    if (!word.empty() && word.find_first_of(" \t\n\v\"") == std::string_view::npos)
        return std::string(word);
    std::string text = "\"";
    std::size_t backslashes = 0;
    for (const char letter : word) {
        if (letter == '\\') {
            ++backslashes;
            continue;
        }
        text.append(letter == '"' ? 2 * backslashes + 1 : backslashes, '\\');
        text += letter;
        backslashes = 0;
    }
    // The mark at the end is ours.
    return text.append(2 * backslashes, '\\') + '"';
}

}  // namespace

std::string windows_command_line(const std::vector<std::string>& words)
{
    std::string line;
    for (const auto& word : words) {
        if (!line.empty()) line += ' ';
        line += quoted(word);
    }
    return line;
}

}  // namespace config
