// Runs before each test file: loads all that is changed. What runs while a file is loaded then never counts as reached by
// a test, not even where a test is the first to load the file.
for (const file of JSON.parse(process.env.MUTANTS_FILES ?? '[]')) await import(`../${file}`)
