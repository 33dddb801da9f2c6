// One byte after another.
#include "config/percent_encoding.hpp"

namespace config {
namespace {

bool stays(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           std::string_view("-._~/").find(letter) != std::string_view::npos;
}

}  // namespace

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char letter : text) {
        if (stays(letter)) {
            encoded += letter;
            continue;
        }
        const auto byte = static_cast<unsigned char>(letter);
        encoded += '%';
        encoded += digits[byte / 16U];
        encoded += digits[byte % 16U];
    }
    return encoded;
}

}  // namespace config
