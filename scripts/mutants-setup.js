// Loads all mutated files before each test file. Code that runs at load time then never counts as covered by the test that
// happens to load the file first.
for (const file of JSON.parse(process.env.MUTANTS_FILES ?? '[]')) await import(`../${file}`)
