using System.Globalization;

namespace AccountGrid.Cli.Replay;

/// <summary>The followers of the two accounts in this run, beside the true numbers of 2017.</summary>
/// <param name="Followers">Followers of the account that was taken down.</param>
internal sealed record ReplayScale(long Followers)
{
    /// <summary>The followers that it had in 2017.</summary>
    public const long TrueFollowers = 41_000_000;

    /// <summary>The followers of the other official account, which stayed up.</summary>
    public const long TrueBystander = 20_900_000;

    /// <summary>One hundredth: seconds rather than minutes.</summary>
    public const long DefaultFollowers = TrueFollowers / 100;

    /// <summary>Followers of the bystander, to the same scale.</summary>
    public long Bystander => (long)((Int128)Followers * TrueBystander / TrueFollowers);

    /// <summary>The scale, such as 1:100.</summary>
    public string Label => Followers == TrueFollowers
        ? "1:1"
        : string.Create(CultureInfo.InvariantCulture, $"1:{(double)TrueFollowers / Followers:#,0.##}");
}
