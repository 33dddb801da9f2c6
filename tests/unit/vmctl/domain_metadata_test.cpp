// What we note in a domain, as libvirt gives it back.
#include "vmctl/domain_metadata.hpp"

#include <catch2/catch.hpp>

using namespace vmctl;

TEST_CASE("the metadata says which version made the domain and for which disk")
{
    const auto* const element =
        "<gangway:vm xmlns:gangway=\"urn:gangway:vm:1\" version=\"0.1.0\" disk=\"/a &amp; b\"/>";
    CHECK(attribute_in_metadata(element, "version") == "0.1.0");
    CHECK(attribute_in_metadata(element, "disk") == "/a & b");
    CHECK(attribute_in_metadata("<vm version='7'/>", "version") == "7");
    CHECK_FALSE(attribute_in_metadata("<vm/>", "version"));
    CHECK_FALSE(attribute_in_metadata("<vm version=", "version"));
    CHECK_FALSE(attribute_in_metadata("<vm version='7", "version"));
    CHECK_FALSE(attribute_in_metadata("", "version"));
}

TEST_CASE("what is noted can be read again")
{
    domain_spec spec;
    spec.version = "0.1.0";
    spec.data_disk = "/it's \"a\" <disk> & more";
    spec.shares = {{"/home/it's me", true}, {"/srv", false}};
    const auto element = metadata_element(spec, "cafe");
    CHECK(attribute_in_metadata(element, "version") == spec.version);
    CHECK(attribute_in_metadata(element, "disk") == spec.data_disk);
    CHECK(attribute_in_metadata(element, "shares") == "rw /home/it\\0047s\\0040me ro /srv");
    CHECK(attribute_in_metadata(element, "spec") == "cafe");
}
