// The control command's entry; the program is in commands.cpp.
#include "gangway/commands.hpp"

int main(int argc, char** argv)
{
    return gangway::run({argv + 1, argv + argc});
}
