namespace DevopsCd.Host.Ui.Delivery;

/// <summary>How far the lines of a chart are from each other.</summary>
internal static class ChartScale
{
    private const int MostLines = 6;

    /// <summary>1, 2 or 5, or one of them with zeros, so that the greatest value is reached by a few lines.</summary>
    public static int Step(double greatest)
    {
        for (var tens = 1; ; tens *= 10)
            foreach (var digit in (int[])[1, 2, 5])
                if (greatest <= (double)digit * tens * MostLines || digit * tens >= int.MaxValue / 10)
                    return digit * tens;
    }
}
