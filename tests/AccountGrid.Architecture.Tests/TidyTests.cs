namespace AccountGrid.Architecture.Tests;

public sealed class TidyTests
{
    [Fact]
    public void No_file_is_too_long() => Holds(Tidy.TooLong);

    [Fact]
    public void No_method_is_too_long() => Holds(Tidy.TooLongMethods);

    [Fact]
    public void No_file_is_folded_into_regions() => Holds(Tidy.Regions);

    [Fact]
    public void No_warning_is_silenced_without_a_reason() => Holds(Tidy.Pragmas);

    [Fact]
    public void No_name_takes_activation_for_a_status() => Holds(Tidy.ForeignWords);

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
            Assert.Empty(Tidy.TooLongMethods("x.cs", $"class C {{ string M() => \"{{\";\n{string.Concat(Enumerable.Repeat("int _x;\n", 80))} }}"));

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
            Assert.Empty(Tidy.Pragmas("x.cs", "#pragma warning disable CA1000 // the reason\nclass C;\n#pragma warning restore CA1000\n"));
        }

        [Theory]
        [InlineData("AccountActivationState", 1), InlineData("activate", 1), InlineData("Deactivate", 0), InlineData("OwnerDeactivation", 0), InlineData("Reactivate", 1)]
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

    private static void Holds(Func<string, string, IEnumerable<string>> rule)
    {
        var found = Repository.Sources.SelectMany(source => rule(source, Repository.Read(source))).ToArray();
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
