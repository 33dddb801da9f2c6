// Catch2's own part, where there is no library of it.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
