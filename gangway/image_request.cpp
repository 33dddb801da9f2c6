// A path or a URL, and its sha256, checked before anybody is asked.
#include "gangway/image_request.hpp"

#include "gangway/failure.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>

namespace gangway {
namespace {

// RFC 3986, section 2.3: what needs no escape.
bool is_unreserved(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
           std::string_view("-._~/").find(letter) != std::string_view::npos;
}

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char letter : text) {
        if (is_unreserved(letter)) {
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

bool is_url(std::string_view place)
{
    return place.find("://") != std::string_view::npos;
}

std::string checked_url(const std::string& url)
{
    if (url.starts_with("http://") || url.starts_with("https://")) return url;
    throw failure("only http:// and https:// URLs can be fetched, not " + url, exit_status::usage);
}

// As sha256sum prints it, or in capitals.
std::string checked_sha256(std::string text)
{
    for (auto& letter : text) letter = static_cast<char>(std::tolower(letter));
    const bool fits = text.size() == 64 && std::ranges::all_of(text, [](unsigned char letter) {
                          return std::isxdigit(letter) != 0;
                      });
    if (!fits)
        throw failure(
            "a sha256 has 64 hexadecimal digits, as sha256sum prints them; not " + text,
            exit_status::usage
        );
    return text;
}

}  // namespace

std::string download_target(const invocation& asked)
{
    const auto place = is_url(*asked.image)
                           ? checked_url(*asked.image)
                           : std::filesystem::absolute(*asked.image).lexically_normal().native();
    if (is_url(place) && !asked.sha256)
        throw failure(
            "a URL needs --sha256, which is the archive's: what comes from elsewhere is not run "
            "unless it is what you mean",
            exit_status::usage
        );
    auto target = "/v1/image/download?source=" + percent_encoded(place);
    if (asked.sha256) target += "&sha256=" + checked_sha256(*asked.sha256);
    return target;
}

}  // namespace gangway
