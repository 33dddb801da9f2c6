// Whether the running test has failed so far, for fixtures that then show what they know.
#pragma once

#include <exception>

namespace test_support {

// Set by the test framework's listener.
inline bool an_assertion_has_failed = false;

// An exception on its way out has not been reported as a failure yet.
inline bool current_test_has_failed()
{
    return an_assertion_has_failed || std::uncaught_exceptions() > 0;
}

}  // namespace test_support
