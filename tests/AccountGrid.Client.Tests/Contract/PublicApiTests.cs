namespace AccountGrid.Client.Tests;

public static class PublicApiTests
{
    public sealed class The_public_api
    {
        private const string File = "PublicApi.txt";

        /// <summary>
        /// Nobody changes it by accident. What is gone or different breaks callers; what is new must be meant.
        /// </summary>
        [Fact]
        public void Is_the_one_that_was_agreed()
        {
            var agreed = System.IO.File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Contract", File));
            var built = PublicApi.Lines;
            var gone = agreed.Except(built).Select(static l => "- " + l);
            var news = built.Except(agreed).Select(static l => "+ " + l);
            var differences = gone.Concat(news).ToArray();
            if (differences.Length > 0)
            {
                System.IO.File.WriteAllLines(Path.Combine(AppContext.BaseDirectory, "Contract", File + ".new"), built);
            }

            Assert.True(
                differences.Length == 0,
                $"The public API differs from tests/AccountGrid.Client.Tests/Contract/{File}. Where that is meant, copy {File}.new from beside the test assembly over it; "
                    + $"a line that goes or changes breaks callers and is worth a sentence in the commit.\n{string.Join('\n', differences)}");
        }

        [Fact]
        public void Is_in_the_file_in_the_order_of_its_letters() =>
            Assert.Equal(PublicApi.Lines,
                System.IO.File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Contract", File)));
    }
}
