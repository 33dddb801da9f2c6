// XML's entities, there and back.
#include "vmctl/xml_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace vmctl;

TEST_CASE("what was escaped for XML comes back as it was")
{
    const std::string text = "/o'neill & <co>/\"disk\";amp;&amp;.img";
    CHECK(xml_unescaped(xml_escaped(text)) == text);
    CHECK(xml_unescaped("&nbsp; & &am") == "&nbsp; & &am");
}

TEST_CASE("a value cannot end the quotes that it is in")
{
    CHECK(xml_quoted("it's") == "'it&apos;s'");
}
