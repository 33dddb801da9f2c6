# Several files of a target compiled at once (CMAKE_UNITY_BUILD), in less than half the time: what they
# include, and the templates that they share, are compiled once for all of them. Most presets do so;
# `debug` and `clang` do not, where a file that forgets an include does not compile.

# compile_apart(FILE…): these of this directory are compiled alone all the same, as they have a private
# name that another has, too. A clash is a compiler's error in those presets and no fault of the
# file's.
function(compile_apart)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
