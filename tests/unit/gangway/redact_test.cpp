// What is taken out of a text that leaves the machine, and what stays.
#include "gangway/redact.hpp"

#include <catch2/catch.hpp>

using gangway::redact;

TEST_CASE("secrets are taken out, and the rest stays")
{
    const auto [text, expected] = GENERATE(table<std::string, std::string>({
        // URLs
        {"http://me:hunter2@proxy:3128/", "http://[removed]@proxy:3128/"},
        {"https://ghp_abc@host/x and https://host/y",
         "https://[removed]@host/x and https://host/y"},
        {"\"http://me:a/b@c@proxy\"", "\"http://[removed]@proxy\""},
        {"unix:///run/docker.sock", "unix:///run/docker.sock"},
        {"mail me@example.org", "mail me@example.org"},
        // headers
        {"Authorization: Basic bWU6eA==", "Authorization: [removed]"},
        {"authorization: Digest username=\"me\", response=\"x\"\nHost: a",
         "authorization: [removed]\nHost: a"},
        {"X-Registry-Auth: eyJ1c2VyIjoi\r\nHost: a", "X-Registry-Auth: [removed]\r\nHost: a"},
        {"{\"Authorization\": [\"Basic bWU6eA==\", \"x\"]}", "{\"Authorization\": [removed]}"},
        {"sent Bearer abcdefgh.ijk, refused", "sent Bearer [removed], refused"},
        {"a basic check", "a basic check"},
        // names and values
        {"GITHUB_TOKEN=abc next", "GITHUB_TOKEN=[removed] next"},
        {"-e MYSQL_ROOT_PASSWORD=a,b c", "-e MYSQL_ROOT_PASSWORD=[removed] c"},
        {"DB_PASSWORD=\"two words\" c", "DB_PASSWORD=\"[removed]\" c"},
        {"password: two words\nnext", "password: [removed]\nnext"},
        {"{\"client_secret\": \"a\\\"b\", \"x\": 1}",
         "{\"client_secret\": \"[removed]\", \"x\": 1}"},
        {"{\"apiKey\":123,\"x\":1}", "{\"apiKey\":[removed],\"x\":1}"},
        {"\"{\\\"identitytoken\\\": \\\"abc\\\"}\" rest",
         "\"{\\\"identitytoken\\\": \\\"[removed]\\\"}\" rest"},
        {"{\"auths\": {\"r\": {\"auth\": \"bWU6eA==\"}}}",
         "{\"auths\": {\"r\": {\"auth\": \"[removed]\"}}}"},
        {"{\"secrets\": {\"a\": \"]}\", \"b\": [1]}, \"x\": 1}",
         "{\"secrets\": [removed], \"x\": 1}"},
        {"login --password hunter2 host", "login --password [removed] host"},
        {"login --password=hunter2 host", "login --password=[removed] host"},
        {"map[ACCESS_KEY:=abc]", "map[ACCESS_KEY:=[removed]"},
        {"GET /x?token=abc HTTP/1.1", "GET /x?token=[removed] HTTP/1.1"},
        {"{\"Env\":[\"DB_PASSWORD=two words\",\"X=1\"]}",
         "{\"Env\":[\"DB_PASSWORD=[removed]\",\"X=1\"]}"},
        {"\"{\\\"Env\\\":[\\\"A_TOKEN=two words\\\",\\\"X=1\\\"]}\"",
         "\"{\\\"Env\\\":[\\\"A_TOKEN=[removed]\\\",\\\"X=1\\\"]}\""},
        {"[\"POST /x?token=abc\",\"y\"]", "[\"POST /x?token=[removed]\",\"y\"]"},
        {"A_TOKEN=ab\"cd ef", "A_TOKEN=[removed] ef"},
        {"\"A_TOKEN=\"", "\"A_TOKEN=\""},
        // what only sounds like it
        {"monitor=1 port: 80", "monitor=1 port: 80"},
        {"the key was found", "the key was found"},
        {"password=", "password="},
        {"AT Translated Set 2 keyboard as /x", "AT Translated Set 2 keyboard as /x"},
        // the home directory
        {"/home/me/.docker unix:///home/me /home/me", "~/.docker unix://~ ~"},
        {"/home/me2/x /home/me-too /mnt/home/me/x", "/home/me2/x /home/me-too /mnt/home/me/x"},
        {"", ""},
    }));
    CHECK(redact(text, "/home/me") == expected);
}

TEST_CASE("private keys are taken out, whole, cut off, or in JSON")
{
    const std::string begin = "-----BEGIN EC PRIVATE KEY-----";
    const std::string end = "-----END EC PRIVATE KEY-----";
    const auto [text, expected] = GENERATE_COPY(table<std::string, std::string>({
        {"a: " + begin + "\nMHcCAQ\n" + end + "\nb", "a: [removed]\nb"},
        {"\"" + begin + "\\nMHcCAQ\\n" + end + "\\n\"", "\"[removed]\\n\""},
        {"a: " + begin + "\nMHcCAQ\n", "a: [removed]"},
        {"a;\nMHcCAQ+/=\n" + end + "\nb", "a;[removed]\nb"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3B\n-----END OPENSSH PRIVATE KEY-----",
         "[removed]"},
        {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nb3B\n-----END PGP PRIVATE KEY BLOCK-----\n",
         "[removed]\n"},
        {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
         "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"},
    }));
    CHECK(redact(text, "/home/me") == expected);
}

TEST_CASE("a home directory that is the root or unknown stays what it is")
{
    CHECK(redact("/etc/passwd", "/") == "/etc/passwd");
    CHECK(redact("/etc/passwd", "") == "/etc/passwd");
    CHECK(redact("/root/x", "/root/") == "~/x");
}

TEST_CASE("a long line takes time and memory in proportion")
{
    const std::string line(4'000'000, '\\');
    CHECK(redact(line, "/home/me") == line);
    const std::string quotes(100'000, '"');
    CHECK(redact(quotes, "/home/me") == quotes);
}
