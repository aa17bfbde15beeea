# storewright_module(NAME DEPENDS ours... LINKS theirs...)
#
# One folder under src/ is one library. Its sources are all *.cpp in the folder, its tests the *_test.cpp beside them.
# A module sees only the modules it DEPENDS on; tests/tidy refuses an #include that goes beyond them.
# Tests run in the checkout's root and name files from there: an absolute path in an object, such as __FILE__, would be that of whichever
# checkout filled the compiler cache.
function(storewright_module name)
  cmake_parse_arguments(arg "" "" "DEPENDS;LINKS;TEST_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp")
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|main|benchmark)\\.cpp$")

  set(target "storewright_${name}")
  add_library(${target} STATIC ${sources})
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/src")
  list(TRANSFORM arg_DEPENDS PREPEND storewright_)
  target_link_libraries(${target} PUBLIC storewright_flags ${arg_DEPENDS} ${arg_LINKS})

  if(BUILD_TESTING AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${target} ${arg_TEST_LINKS} GTest::gmock GTest::gtest GTest::gtest_main)
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES TIMEOUT 120)
  endif()
endfunction()
