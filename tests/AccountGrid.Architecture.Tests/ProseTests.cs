namespace AccountGrid.Architecture.Tests;

public sealed class ProseTests
{
    public sealed class VagueWords
    {
        [Theory]
        [InlineData("a.cs", "// Whoever comes first.", 1)]
        [InlineData("a.cs", "throw new E(\"Nobody and somebody.\");", 2)]
        [InlineData("a.cs", "// The caller that comes first.", 0)]
        [InlineData("a.sql", "-- whoever", 1)]
        [InlineData("a.md", "Say the caller, not `whoever`.", 0)]
        [InlineData("a.md", "```\nwhoever\n```\nnobody", 1)]
        public void Each_is_found_where_readers_meet_it(string path, string text, int expected) =>
            Assert.Equal(expected, Prose.VagueWords(path, text).Count());

        [Fact]
        public void The_line_is_named() =>
            Assert.Equal(["a.md:4 says \"nobody\""], Prose.VagueWords("a.md", "```\nx\n```\nnobody"));
    }

    public sealed class Riddles
    {
        [Theory]
        [InlineData("<summary>Who.</summary>", 1)]
        [InlineData("<param name=\"x\">Whose journal.</param>", 1)]
        [InlineData("<summary>\n/// Why\n/// not.\n/// </summary>", 1)]
        [InlineData("<summary>Whose budget pays.</summary>", 1)]
        [InlineData("<summary>The operator who proposed it.</summary>", 0)]
        [InlineData("<summary>When the account went down, UTC.</summary>", 0)]
        public void A_doc_comment_that_only_asks_is_found(string comment, int expected) =>
            Assert.Equal(expected, Prose.Riddles("a.cs", $"/// {comment}\nclass C;").Count());
    }

    public sealed class LongLines
    {
        [Theory]
        [InlineData("a.cs", "// ", 1)]
        [InlineData("a.md", "Text ", 1)]
        [InlineData("a.md", "| cell ", 0)]
        [InlineData("a.md", "```\n", 0)]
        [InlineData("a.md", "- ", 0)]
        public void Only_what_can_be_wrapped_counts(string path, string beginning, int expected)
        {
            var hasNoSpaces = beginning == "- ";
            var words = hasNoSpaces ? new string('x', 130) : string.Concat(Enumerable.Repeat("word ", 26));

            Assert.Equal(expected, Prose.LongLines(path, beginning + words).Count());
        }

        [Theory]
        [InlineData(Prose.MaxColumns, 0), InlineData(Prose.MaxColumns + 1, 1)]
        public void The_limit_itself_is_allowed(int columns, int expected) =>
            Assert.Equal(expected, Prose.LongLines("a.cs", "int a; //".PadRight(columns, 'x')).Count());
    }
}
