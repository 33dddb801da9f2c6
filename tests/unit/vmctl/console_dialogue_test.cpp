// What is typed on a console, and what of its output is the command's, byte by byte.
#include "vmctl/console_dialogue.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace vmctl;

namespace {

// As a terminal shows what is typed.
std::string echoed(const std::string& typed)
{
    return "docker@gangway:~$ " + typed.substr(1, typed.size() - 2) + "\r\n";
}

const std::string ready = "\r\ngangway-ready-t1.\r\ndocker@gangway:~$ ";
const std::string begin = "\r\ngangway-begin-t1.\r\n";

std::string end(int status)
{
    const auto mark = "gangway-end-t1 " + std::to_string(status) + ".\r\n";
    return "\r\n" + mark + mark + "docker@gangway:~$ ";
}

}  // namespace

TEST_CASE("the command is typed once the shell has answered, and not before")
{
    console_dialogue dialogue("doze", "t1", "true");
    CHECK(dialogue.receive("login: ") == "");
    CHECK(dialogue.receive(echoed(dialogue.question())) == "");
    CHECK_FALSE(dialogue.answered());
    const auto typed = dialogue.receive(ready);
    CHECK(dialogue.answered());
    CHECK_THAT(typed, Catch::Contains("{ doze; }"));
    CHECK(typed.ends_with("\r"));
    CHECK(dialogue.receive(ready) == "");
    CHECK_FALSE(dialogue.result());
}

TEST_CASE("what is typed first empties the line, and stays out of the history")
{
    console_dialogue dialogue("doze", "t1", "true");
    CHECK(dialogue.question().starts_with("\x15 "));
    CHECK(dialogue.receive(ready).starts_with("\x15 "));
}

TEST_CASE("the output is what is between the marks, and the echo is none of it")
{
    console_dialogue dialogue("doze", "t1", "true");
    const auto typed = dialogue.receive(ready);
    const auto all = echoed(typed) + begin + "one\r\ntwo\r\n" + end(3);

    SECTION("at once")
    {
        dialogue.receive(all);
    }
    SECTION("byte by byte")
    {
        for (const char each : all) CHECK(dialogue.receive({&each, 1}) == "");
    }
    REQUIRE(dialogue.result());
    CHECK(*dialogue.result() == guest_result{3, "one\ntwo\n"});
}

TEST_CASE("a command without output has none")
{
    console_dialogue dialogue("true", "t1", "true");
    dialogue.receive(ready);
    dialogue.receive(begin + end(0));
    REQUIRE(dialogue.result());
    CHECK(*dialogue.result() == guest_result{0, ""});
}

TEST_CASE("lines of the kernel are not the command's")
{
    console_dialogue dialogue("doze", "t1", "true");
    dialogue.receive(ready);
    dialogue.receive(
        begin +
        "one\r\n[   12.345678] EXT4-fs (vda): error\r\n<3>[ 12.345679] again\r\n[a list]\r\n" +
        end(0)
    );
    REQUIRE(dialogue.result());
    CHECK(dialogue.result()->output == "one\n[a list]\n");
}

TEST_CASE("one of the two marks at the end is enough")
{
    console_dialogue dialogue("doze", "t1", "true");
    dialogue.receive(ready);
    dialogue.receive(
        begin +
        "one\r\n\r\ngangway-end-[   12.345678] EXT4-fs (vda): error\r\nt1 4.\r\n"
        "gangway-end-t1 4.\r\n"
    );
    REQUIRE(dialogue.result());
    CHECK(*dialogue.result() == guest_result{4, "one\n"});
}

TEST_CASE("the marks of another dialogue are not this one's")
{
    console_dialogue dialogue("doze", "t1", "true");
    CHECK(dialogue.receive("\r\ngangway-ready-t0.\r\n") == "");
    CHECK_FALSE(dialogue.answered());
    dialogue.receive(ready);
    dialogue.receive("\r\ngangway-begin-t1.\r\ngangway-end-t0 0.\r\n");
    CHECK_FALSE(dialogue.result());
    dialogue.receive(end(0));
    CHECK(dialogue.result());
}

TEST_CASE("a guest that prints without an end is not kept in memory")
{
    console_dialogue dialogue("yes", "t1", "true");
    dialogue.receive(ready);
    dialogue.receive(begin);
    for (int line = 0; line < 10000; ++line) dialogue.receive("a line that comes again\r\n");
    CHECK_FALSE(dialogue.result());
    dialogue.receive(end(141));
    REQUIRE(dialogue.result());
    CHECK(dialogue.result()->status == 141);
    CHECK(dialogue.result()->output.starts_with("a line that comes again\n"));
    CHECK(dialogue.result()->output.size() < 20000);
}
