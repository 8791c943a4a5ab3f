using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace DevopsCd.Host.Api;

/// <summary>
/// Lets one of two answer a request: its work, or the deadline that it has missed. Work notices its cancellation when it likes, so that both
/// may begin in the same moment; whoever comes second writes nothing, or two answers would stand in one.
/// </summary>
internal sealed class AnswerGate : IHttpResponseFeature, IHttpResponseBodyFeature
{
    private static readonly AsyncLocal<AnswerGate?> s_late = new();
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _body;
    private readonly IFeatureCollection _features;
    private readonly Func<bool> _mayBegin;
    private readonly KeyValuePair<string, StringValues>[] _headersBefore;
    private int _answeredBy;

    private AnswerGate(IFeatureCollection features, Func<bool> mayBegin)
    {
        (_features, _mayBegin) = (features, mayBegin);
        _response = features.GetRequiredFeature<IHttpResponseFeature>();
        _body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _headersBefore = [.. _response.Headers];
    }

    private enum Answerer
    {
        Nobody,
        Work,
        Deadline,
    }

    /// <summary>The work has begun to answer: half an answer would be worse than a late one.</summary>
    public bool IsAnswering => (Answerer)Volatile.Read(ref _answeredBy) == Answerer.Work;

    // The deadline's own flow passes; what began before it does not know the mark.
    private bool IsTooLate => (Answerer)Volatile.Read(ref _answeredBy) == Answerer.Deadline && s_late.Value != this;

    public int StatusCode
    {
        get => _response.StatusCode;
        set
        {
            if (!IsTooLate)
                _response.StatusCode = value;
        }
    }

    public string? ReasonPhrase
    {
        get => _response.ReasonPhrase;
        set
        {
            if (!IsTooLate)
                _response.ReasonPhrase = value;
        }
    }

    public IHeaderDictionary Headers
    {
        get => IsTooLate ? new HeaderDictionary() : _response.Headers;
        set
        {
            if (!IsTooLate)
                _response.Headers = value;
        }
    }

    public bool HasStarted => _response.HasStarted || IsTooLate;

    Stream IHttpResponseFeature.Body
    {
#pragma warning disable CS0618 // the interface asks for it
        get => _response.Body;
        set => _response.Body = value;
#pragma warning restore CS0618
    }

    public Stream Stream => Begun().Stream;

    public PipeWriter Writer => Begun().Writer;

    /// <summary>Puts the gate between the work that follows and the answer.</summary>
    /// <param name="features">The request's.</param>
    /// <param name="mayBegin">Called when the work begins to answer: whether it is in time.</param>
    public static AnswerGate Install(IFeatureCollection features, Func<bool> mayBegin)
    {
        var gate = new AnswerGate(features, mayBegin);
        features.Set<IHttpResponseFeature>(gate);
        features.Set<IHttpResponseBodyFeature>(gate);
        return gate;
    }

    /// <summary>Takes the answer over. What the work has said of its own in status and headers (where what it made stands) is taken back.</summary>
    /// <returns>Whether the caller, and what it calls from now on, may answer: the work has not begun to.</returns>
    public bool TryTakeOver()
    {
        if (Interlocked.CompareExchange(ref _answeredBy, (int)Answerer.Deadline, (int)Answerer.Nobody) != (int)Answerer.Nobody)
            return false;
        s_late.Value = this;
        _response.StatusCode = StatusCodes.Status200OK;
        _response.Headers.Clear();
        foreach (var (name, value) in _headersBefore)
            _response.Headers[name] = value;
        return true;
    }

    /// <summary>When the work is over.</summary>
    public void Remove()
    {
        _features.Set(_response);
        _features.Set(_body);
    }

    public void OnStarting(Func<object, Task> callback, object state)
    {
        if (!IsTooLate)
            _response.OnStarting(callback, state);
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _response.OnCompleted(callback, state);

    public Task StartAsync(CancellationToken cancellationToken = default) => Begun().StartAsync(cancellationToken);

    public Task CompleteAsync() => Begun().CompleteAsync();

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        Begun().SendFileAsync(path, offset, count, cancellationToken);

    public void DisableBuffering() => _body.DisableBuffering();

    private IHttpResponseBodyFeature Begun()
    {
        if (s_late.Value == this)
            return _body;
        switch ((Answerer)Interlocked.CompareExchange(ref _answeredBy, (int)Answerer.Work, (int)Answerer.Nobody))
        {
            case Answerer.Deadline:
                throw new OperationCanceledException("The request has been answered: its work took too long.");
            case Answerer.Nobody when !_mayBegin():
                Volatile.Write(ref _answeredBy, (int)Answerer.Nobody);
                throw new OperationCanceledException("The time for the answer is over.");
        }
        return _body;
    }
}
