namespace AccountGrid.Application;

/// <summary>A store that is to be filled already holds something; it was left as it is.</summary>
public sealed class StoreNotEmptyException(
    string store) : Exception($"{store} is not empty; it was left as it is. Import into an empty one.");
