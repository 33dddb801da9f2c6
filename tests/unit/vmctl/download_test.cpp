// What curl brings, and what is left when it does not.
#include "vmctl/download.hpp"

#include "tests/support/test_directory.hpp"
#include "tests/unit/vmctl/file_server.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace vmctl;
using test_support::test_directory;
using vmctl_test::file_server;

namespace {

std::string a_megabyte()
{
    std::string content(1024UL * 1024, '\0');
    for (std::size_t at = 0; at < content.size(); ++at)
        content[at] = static_cast<char>((at * 31 + at / 251) % 256);
    return content;
}

std::string digest(const std::string& content)
{
    sha256 sum;
    sum.add(content);
    return sum.hex();
}

std::vector<std::string> names_in(const test_directory& directory)
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
        names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

}  // namespace

TEST_CASE("a file is fetched whole, and its length is told")
{
    const test_directory directory;
    const auto content = a_megabyte();
    const file_server server(content);
    std::vector<download_progress> told;
    const auto path = GENERATE("/file", "/elsewhere/file");
    download(server.url(path), directory / "image.tar", digest(content), [&told](auto now) {
        told.push_back(now);
    });
    CHECK(read_file(directory / "image.tar") == content);
    REQUIRE_FALSE(told.empty());
    CHECK(told.back() == download_progress{content.size(), content.size()});
    CHECK(names_in(directory) == std::vector<std::string>{"image.tar"});
}

TEST_CASE("a download that broke off goes on where it was")
{
    const test_directory directory;
    const auto content = a_megabyte();
    file_server server(content);
    const auto fetch = [&] {
        download(server.url(), directory / "image.tar", digest(content), [](auto) {});
    };
    // Each time that it is tried again.
    server.breaks_off_after(100'000);
    CHECK_THROWS_WITH(fetch(), Catch::Contains("cannot fetch " + server.url()));
    CHECK_FALSE(std::filesystem::exists(directory / "image.tar"));
    server.breaks_off_after(std::string::npos);
    SECTION("by a range")
    {
        fetch();
        CHECK(server.requests().back().find("Range: bytes=400000-") != std::string::npos);
    }
    SECTION("or from the beginning, if the server knows no ranges")
    {
        server.knows_no_ranges();
        fetch();
    }
    CHECK(read_file(directory / "image.tar") == content);
    CHECK(names_in(directory) == std::vector<std::string>{"image.tar"});
}

TEST_CASE("a connection that breaks off is tried again")
{
    const test_directory directory;
    const auto content = a_megabyte();
    file_server server(content);
    server.breaks_off_after(400'000);
    download(server.url(), directory / "image.tar", digest(content), [](auto) {});
    CHECK(read_file(directory / "image.tar") == content);
    CHECK(server.requests().size() == 3);
}

TEST_CASE("another file than was asked for is thrown away")
{
    const test_directory directory;
    const file_server server("not the image");
    const auto fetch = [&] {
        download(server.url(), directory / "image.tar", digest("the image"), [](auto) {});
    };
    CHECK_THROWS_WITH(fetch(), Catch::Contains(digest("not the image")));
    CHECK(names_in(directory).empty());
}

TEST_CASE("a file that is not there, and a server that is not, are said so")
{
    const test_directory directory;
    const auto fetch = [&](const std::string& url) {
        download(url, directory / "image.tar", digest("x"), [](auto) {});
    };
    {
        const file_server server("x");
        CHECK_THROWS_WITH(fetch(server.url("/nowhere")), Catch::Contains("404"));
    }
    CHECK_THROWS_WITH(
        fetch("http://me:secret@127.0.0.1:1/file"),
        Catch::StartsWith("cannot fetch http://127.0.0.1:1/file: curl: ")
    );
    CHECK_THROWS_WITH(
        fetch("http://127.0.0.1:1/a\nfile"), Catch::StartsWith("a URL has no spaces")
    );
    CHECK(names_in(directory).empty());
}

TEST_CASE("who waits for a download can end it")
{
    const test_directory directory;
    const auto content = a_megabyte();
    file_server server(content);
    server.stalls_after(300'000);

    struct enough {};

    CHECK_THROWS_AS(
        download(
            server.url(),
            directory / "image.tar",
            digest(content),
            [](download_progress now) {
                if (now.received > 0) throw enough();
            }
        ),
        enough
    );
    CHECK_FALSE(std::filesystem::exists(directory / "image.tar"));
}

TEST_CASE("a password is not shown")
{
    CHECK(without_password("https://me:pass@host/x@y") == "https://host/x@y");
    CHECK(without_password("https://host/x@y") == "https://host/x@y");
    CHECK(without_password("https://host") == "https://host");
}
