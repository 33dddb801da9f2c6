// A path or a URL, and its sha256, checked before anybody is asked.
#include "gangway/image_request.hpp"

#include "config/percent_encoding.hpp"
#include "config/remote_file.hpp"
#include "gangway/failure.hpp"

#include <cctype>
#include <filesystem>

namespace gangway {
namespace {

// As sha256sum prints it, or in capitals.
std::string checked_sha256(std::string text)
{
    for (auto& letter : text) letter = static_cast<char>(std::tolower(letter));
    if (!config::is_sha256(text))
        throw failure(
            "a sha256 has 64 hexadecimal digits, as sha256sum prints them; not " + text,
            exit_status::usage
        );
    return text;
}

}  // namespace

std::string download_target(const invocation& asked)
{
    auto place = *asked.image;
    if (config::is_url(place)) {
        if (!asked.sha256)
            throw failure(
                "a URL needs --sha256, which is the archive's: what comes from elsewhere is not "
                "run unless it is what you mean",
                exit_status::usage
            );
    } else if (place.find("://") != std::string::npos) {
        throw failure(
            "only http:// and https:// URLs can be fetched, not " + place, exit_status::usage
        );
    } else {
        place = std::filesystem::absolute(place).lexically_normal().string();
    }
    auto target = "/v1/image/download?source=" + config::percent_encoded(place);
    if (asked.sha256) target += "&sha256=" + checked_sha256(*asked.sha256);
    return target;
}

}  // namespace gangway
