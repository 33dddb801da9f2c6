// Hears what Catch2 says: ends the run visibly where no engine can run, and tells the fixtures
// when their test has failed.
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "tests/integration/engines.hpp"
#include "tests/support/docker_engine.hpp"
#include "tests/support/test_outcome.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>

namespace {

// ctest reports this exit status as a skipped test.
constexpr int skipped = 77;

struct listener : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;

    void testRunStarting(const Catch::TestRunInfo& run) override
    {
        TestEventListenerBase::testRunStarting(run);
        if (const auto obstacle = test_support::docker_engine::obstacle()) {
            std::cout << "skipped: " << *obstacle << '\n' << std::flush;
            std::_Exit(skipped);
        }
        integration::share_supervisors_directory();
    }

    // Begins anew for every generated value of a test case.
    void sectionStarting(const Catch::SectionInfo& section) override
    {
        TestEventListenerBase::sectionStarting(section);
        test_support::an_assertion_has_failed = false;
    }

    bool assertionEnded(const Catch::AssertionStats& assertion) override
    {
        if (!assertion.assertionResult.isOk()) test_support::an_assertion_has_failed = true;
        return false;
    }
};

CATCH_REGISTER_LISTENER(listener)

}  // namespace
