// Hears what Catch2 says: ends the run visibly where no VM can run, and tells the scenarios when
// their test has failed.
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "tests/e2e/premises.hpp"
#include "tests/support/test_outcome.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

// ctest reports this exit status as a skipped test.
constexpr int skipped = 77;

[[noreturn]] void end_run(const std::string& sentence, int status)
{
    std::cout << sentence << '\n' << std::flush;
    std::_Exit(status);
}

struct listener : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;

    void testRunStarting(const Catch::TestRunInfo& /*run*/) override
    {
        if (const auto why = e2e::obstacle()) end_run("skipped: " + *why, skipped);
        try {
            e2e::shared_premises();
        } catch (const std::exception& error) {
            end_run(std::string("the tests cannot run: ") + error.what(), EXIT_FAILURE);
        }
    }

    void testCaseStarting(const Catch::TestCaseInfo& /*test*/) override
    {
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
