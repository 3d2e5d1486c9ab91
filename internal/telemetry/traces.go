package telemetry

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"
)

// Traces tells a collector of OpenTelemetry which requests came, which
// workflows and activities ran, and how long each took. Spans hold names of
// routes, workflows and activities, ids and status codes: no path, query,
// header, payload or error, since those may hold links, addresses and codes.
type Traces struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// NewTraces tells the collector at a base URL, by OTLP over HTTP
// (/v1/traces). A collector that is away costs nothing but its traces. Headers
// that it wants come from OTEL_EXPORTER_OTLP_HEADERS.
func NewTraces(ctx context.Context, url, version string, log *slog.Logger) (*Traces, error) {
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(url+"/v1/traces"))
	if err != nil {
		return nil, fmt.Errorf("making an exporter of traces: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Warn("Traces could not be told.", "error", err)
	}))
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "heraut"), attribute.String("service.version", version),
	)))
	return &Traces{provider: provider, tracer: provider.Tracer("heraut")}, nil
}

// Close tells what is left.
func (t *Traces) Close(ctx context.Context) error {
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("ending traces: %w", err)
	}
	return nil
}

// Request begins the trace of a request. done ends it, with the pattern of the
// route in place of the path.
func (t *Traces) Request(ctx context.Context) (traced context.Context, done func(method, route string, status int)) {
	traced, span := t.tracer.Start(ctx, "HTTP", trace.WithSpanKind(trace.SpanKindServer))
	return traced, func(method, route string, status int) {
		span.SetName(knownMethod(method) + " " + route)
		span.SetAttributes(attribute.String("http.request.method", knownMethod(method)),
			attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Temporal is for a Temporal client and its workers.
func (t *Traces) Temporal() (interceptor.ClientInterceptor, error) {
	i, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer: t.tracer, DisableBaggage: true, AllowInvalidParentSpans: true, TextMapPropagator: propagation.TraceContext{},
		SpanStarter: func(ctx context.Context, tracer trace.Tracer, name string, o ...trace.SpanStartOption) trace.Span {
			_, span := tracer.Start(ctx, name, o...)
			return wordless{span}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("tracing the engine's client: %w", err)
	}
	return i, nil
}

// wordless is a span that tells that something failed, and not in which words.
type wordless struct{ trace.Span }

// SetStatus implements trace.Span.
func (s wordless) SetStatus(code codes.Code, _ string) { s.Span.SetStatus(code, "") }

// RecordError implements trace.Span.
func (wordless) RecordError(error, ...trace.EventOption) {}
