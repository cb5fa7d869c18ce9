namespace AccountGrid.Architecture.Tests;

public sealed class TidyTests
{
    [Fact]
    public void No_file_is_too_long() => Holds("file-length", Repository.Sources, Tidy.TooLong);

    [Fact]
    public void No_method_is_too_long() => Holds("method-length", Repository.Sources, Tidy.TooLongMethods);

    [Fact]
    public void No_file_is_folded_into_regions() => Holds("region", Repository.Sources, Tidy.Regions);

    [Fact]
    public void No_warning_is_silenced_without_a_reason() => Holds("pragma", Repository.Sources, Tidy.Pragmas);

    [Fact]
    public void No_name_takes_activation_for_a_status() => Holds("foreign-word", Repository.Sources, Tidy.ForeignWords);

    [Fact]
    public void No_line_is_too_long() => Holds("line-length", Repository.Prose.Where(IsWrapped), Prose.LongLines);

    [Fact]
    public void No_text_speaks_of_whoever_or_nobody() => Holds("vague-word", Repository.Prose, Prose.VagueWords);

    [Fact]
    public void No_doc_comment_is_a_question() => Holds("riddle", Repository.ProductSources, Prose.Riddles);

    [Fact]
    public void Every_public_type_has_a_file_of_its_name() =>
        Holds("misplaced-type", Repository.ProductSources, Use.MisplacedTypes);

    [Fact]
    public void Every_link_leads_somewhere() =>
        Holds("broken-link", Repository.Documents, (path, text) => Markdown.BrokenLinks(path, text, ReadIfThere));

    [Fact]
    public void No_source_is_unused() =>
        HoldsTogether("unused-source", Use.UnusedSources(TextsOf(Repository.ProductSources)));

    [Fact]
    public void No_other_file_is_unused() =>
        HoldsTogether("unused-file", Use.UnusedFiles(TextsOf(Repository.Files)));

    public sealed class Can_fail
    {
        [Theory]
        [InlineData(Tidy.MaxFileLines, 0), InlineData(Tidy.MaxFileLines + 1, 1)]
        public void A_long_file_is_found(int lines, int expected) =>
            Assert.Equal(expected, Tidy.TooLong("x.cs", string.Concat(Enumerable.Repeat("//\n", lines))).Count());

        [Theory]
        [InlineData("void M()")]
        [InlineData("/// <summary>M.</summary>\nC()")]
        [InlineData("int P { get\n")]
        [InlineData("void M() { void Local()")]
        public void A_long_method_is_found(string beginning)
        {
            var ends = beginning.Contains('{', StringComparison.Ordinal) ? "}}" : "}";

            Assert.NotEmpty(Tidy.TooLongMethods("x.cs", $"class C {{ {beginning}\n{{\n{Statements(63)}}}{ends}\n"));
            Assert.Empty(Tidy.TooLongMethods("x.cs", $"class C {{ {beginning}\n{{\n{Statements(40)}}}{ends}\n"));
        }

        [Fact]
        public void Braces_in_text_do_not_mislead() =>
            Assert.Empty(Tidy.TooLongMethods(
                "x.cs", $"class C {{ string M() => \"{{\";\n{string.Concat(Enumerable.Repeat("int _x;\n", 80))} }}"));

        [Fact]
        public void A_region_is_found_and_one_in_text_is_not()
        {
            Assert.Single(Tidy.Regions("x.cs", "#region Private\nclass C;\n#endregion\n"));
            Assert.Empty(Tidy.Regions("x.cs", "class C { string S = \"\"\"\n#region\n\"\"\"; }"));
        }

        [Fact]
        public void A_silenced_warning_is_found_unless_it_says_why()
        {
            Assert.Single(Tidy.Pragmas("x.cs", "#pragma warning disable CA1000\nclass C;\n"));
            Assert.Empty(Tidy.Pragmas(
                "x.cs", "#pragma warning disable CA1000 // the reason\nclass C;\n#pragma warning restore CA1000\n"));
        }

        [Theory]
        [InlineData("AccountActivationState", 1), InlineData("activate", 1), InlineData("Reactivate", 1)]
        [InlineData("Deactivate", 0), InlineData("OwnerDeactivation", 0)]
        public void A_foreign_word_is_found_where_orleans_is_not(string name, int expected)
        {
            Assert.Equal(expected, Tidy.ForeignWords("grains/AccountGrid.Domain/x.cs", $"class {name};").Count());
            Assert.Empty(Tidy.ForeignWords("grains/AccountGrid.Grains/x.cs", $"class {name};"));
        }

        [Fact]
        public void The_sources_are_really_read()
        {
            Assert.Contains("grains/AccountGrid.Domain/Accounts/AccountDecider.cs", Repository.Sources);
            Assert.Contains("tests/AccountGrid.Architecture.Tests/TidyTests.cs", Repository.Sources);
            Assert.DoesNotContain(Repository.Sources, s => s.Contains("/obj/", StringComparison.Ordinal));
        }

        private static string Statements(int count) => string.Concat(Enumerable.Repeat(";\n", count));
    }

    private static void Holds(string name, IEnumerable<string> files, Func<string, string, IEnumerable<string>> rule) =>
        KnownOffenders.Hold(
            name, files.ToDictionary(file => file, file => rule(file, Repository.Read(file)).ToArray()));

    /// <summary>A rule for all files at once, which answers with the files that break it.</summary>
    private static void HoldsTogether(string name, IEnumerable<string> found) =>
        KnownOffenders.Hold(
            name, found.ToDictionary(file => file, file => new[] { $"{file} is named by no other file" }));

    private static Dictionary<string, string> TextsOf(IEnumerable<string> files) =>
        files.ToDictionary(file => file, Repository.Read);

    private static bool IsWrapped(string file) => Path.GetExtension(file) is ".cs" or ".md" or ".proto" or ".sql";

    /// <summary>A folder reads as empty.</summary>
    private static string? ReadIfThere(string path)
    {
        var full = Path.Combine(Repository.Root, path);
        return File.Exists(full) ? File.ReadAllText(full) : Directory.Exists(full) ? "" : null;
    }
}
