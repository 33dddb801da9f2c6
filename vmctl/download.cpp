// curl writes beside the target and tells the length in the headers that it notes; who asked is
// told by looking at both.
#include "vmctl/download.hpp"

#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <string_view>
#include <system_error>

namespace vmctl {
namespace {

namespace fs = std::filesystem;

// Of curl(1): what it says of a server that cannot go on where a download broke off.
constexpr int cannot_resume = 33;
// And of a connection that broke off.
constexpr int partial_file = 18;
constexpr int receive_error = 56;

// In one download; each goes on from where the one before was.
constexpr int most_tries = 4;

// Of HTTP, and the part is as long as the file, or longer.
constexpr std::string_view nothing_left = "416";

std::uint64_t size_of(const fs::path& file)
{
    std::error_code missing;
    const auto size = fs::file_size(file, missing);
    return missing ? 0 : size;
}

// The last Content-Length: those of redirections come before it. 0: there is none.
std::uint64_t announced_length(const fs::path& headers)
{
    constexpr std::string_view name = "content-length:";
    std::ifstream lines(headers);
    std::uint64_t length = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("HTTP/")) length = 0;
        for (auto& letter : line) letter = static_cast<char>(std::tolower(letter));
        if (!line.starts_with(name)) continue;
        const auto digits = line.find_first_of("0123456789", name.size());
        if (digits == std::string::npos) continue;
        std::from_chars(line.data() + digits, line.data() + line.size(), length);
    }
    return length;
}

// A file of options keeps what may be a password off the command line, which everybody can read.
std::string option(std::string_view name, std::string_view value)
{
    std::string line = std::string(name) + " = \"";
    for (const char letter : value) {
        if (letter == '"' || letter == '\\') line += '\\';
        line += letter;
    }
    return line + "\"\n";
}

class attempt {
public:
    attempt(std::string url, const fs::path& part)
        : url_(std::move(url)),
          part_(part),
          headers_(part.string() + ".headers"),
          options_(part.string() + ".options")
    {
        write_file(
            options_,
            option("url", url_) + option("output", part_.string()) +
                option("dump-header", headers_.string()) + option("proto", "=http,https") +
                "fail\nsilent\nshow-error\nlocation\nmax-redirs = 10\nconnect-timeout = 30\n"
                "speed-limit = 1\nspeed-time = 60\nretry = 3\ncontinue-at = -\n",
            0600
        );
    }

    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;

    ~attempt()
    {
        std::error_code stays;  // which does no harm
        fs::remove(headers_, stays);
        fs::remove(options_, stays);
    }

    // Throws storage_error unless the whole file, or no more of it, is to be had.
    void run(const std::function<void(download_progress)>& report, int holds)
    {
        // No options but those: a .curlrc of the user's is for what the user asks of curl.
        tool_call call{"curl", {"--disable", "--config", options_.string()}, {}, holds};
        call.meanwhile = [this, &report] { report(progress()); };
        tool_result result;
        for (int tries = 1;; ++tries) {
            before_ = size_of(part_);
            result = run_tool(call);
            if (result.exit_code == cannot_resume) fs::remove(part_);
            const bool again = result.exit_code == cannot_resume ||
                               result.exit_code == partial_file ||
                               result.exit_code == receive_error;
            if (!again || tries == most_tries) break;
        }
        const bool is_whole = result.errors.find(nothing_left) != std::string::npos && before_ > 0;
        if (result.exit_code != 0 && !is_whole)
            throw storage_error(
                "cannot fetch " + without_password(url_) + ": " + failure_of(call, result)
            );
        report(progress());
    }

private:
    download_progress progress() const
    {
        const auto length = announced_length(headers_);
        return {size_of(part_), length == 0 ? 0 : before_ + length};
    }

    const std::string url_;
    const fs::path part_;
    const fs::path headers_;
    const fs::path options_;
    std::uint64_t before_ = 0;  // bytes that were there already
};

}  // namespace

void download(
    const std::string& url,
    const fs::path& target,
    const std::string& sha256,
    const std::function<void(download_progress)>& report,
    int holds
)
{
    const auto unfit = [](char letter) { return static_cast<unsigned char>(letter) <= ' '; };
    if (std::ranges::any_of(url, unfit))
        throw storage_error("a URL has no spaces: " + without_password(url));
    // Of this file, not of another that was to have the same name.
    const auto part = partial_name(target.string() + "." + sha256.substr(0, 16));
    if (!fs::exists(part) || sha256_of(part) != sha256) attempt(url, part).run(report, holds);
    const auto found = sha256_of(part);
    if (found != sha256) {
        fs::remove(part);
        throw storage_error(
            "what came from " + without_password(url) + " has the sha256 " + found + " and not " +
            sha256 + "; it was thrown away"
        );
    }
    std::error_code error;
    fs::rename(part, target, error);
    if (error)
        throw storage_error("cannot make the file " + target.string() + ": " + error.message());
}

std::string without_password(const std::string& url)
{
    const auto authority = url.find("//");
    if (authority == std::string::npos) return url;
    const auto end = url.find_first_of("/?#", authority + 2);
    const auto at = url.substr(0, end).rfind('@');
    if (at == std::string::npos || at < authority) return url;
    return url.substr(0, authority + 2) + url.substr(at + 1);
}

}  // namespace vmctl
