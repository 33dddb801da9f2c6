# Several files of a target compiled at once (CMAKE_UNITY_BUILD), in half the time: what they include, and
# the templates that they share, are compiled once for all of them. The presets that build everything a
# second time do so; the preset release does for the tests alone, so that a file of the product which
# forgets an include does not compile there.
option(GANGWAY_TESTS_TOGETHER "Compile several files of the tests at once; set by the preset release" OFF)

# compile_apart(FILE…): these of this directory are compiled alone all the same, as they have a private
# name that another has, too. A clash is a compiler's error in those presets and no fault of the
# file's.
function(compile_apart)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
