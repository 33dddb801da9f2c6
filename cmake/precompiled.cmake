# Headers that are read once for all files of a target.

# precompile(TARGET HEADER…)
function(precompile TARGET)
    target_precompile_headers(${TARGET} PRIVATE ${ARGN})
    # So that ccache can keep what is compiled with them.
    if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
        target_compile_options(${TARGET} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    else()
        target_compile_options(${TARGET} PRIVATE -fpch-preprocess)
    endif()
endfunction()

# precompile_product(TARGET HEADER…): in the preset that compiles everything a second time for a
# sanitizer. The others do without, so that a file of the product which forgets an include does not
# compile there.
option(GANGWAY_PRECOMPILED "Set by the preset asan" OFF)

function(precompile_product TARGET)
    if(GANGWAY_PRECOMPILED)
        precompile(${TARGET} ${ARGN})
    endif()
endfunction()
