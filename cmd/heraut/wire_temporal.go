package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"heraut/internal/codec"
	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/internal/telemetry"
)

// dialTemporal connects to the engine at an address; payloads and failures
// pass through the codec.
func dialTemporal(ctx context.Context, c config.Config, keys *secrets.Keyring, logger *slog.Logger, metrics client.MetricsHandler, traces *telemetry.Traces) (client.Client, error) {
	o, err := temporalOptions(c, keys, logger, metrics, traces)
	if err != nil {
		return nil, err
	}
	conn, err := client.DialContext(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("no Temporal answers at %s: start it, or name it with --temporal-address (%w)", c.TemporalAddress, err)
	}
	return conn, nil
}

func temporalOptions(c config.Config, keys *secrets.Keyring, logger *slog.Logger, metrics client.MetricsHandler, traces *telemetry.Traces) (client.Options, error) {
	data, failures, err := codec.New(keys)
	if err != nil {
		return client.Options{}, fmt.Errorf("making the codec: %w", err)
	}
	o := client.Options{
		HostPort: c.TemporalAddress, Namespace: c.TemporalNamespace,
		Logger: log.NewStructuredLogger(logger), MetricsHandler: metrics,
		DataConverter: data, FailureConverter: failures,
	}
	if o.ConnectionOptions.TLS, err = temporalTLS(c); err != nil {
		return client.Options{}, err
	}
	if traces != nil {
		i, err := traces.Temporal()
		if err != nil {
			return client.Options{}, err
		}
		o.Interceptors = append(o.Interceptors, i)
	}
	if c.TemporalAPIKey != "" {
		o.Credentials = client.NewAPIKeyStaticCredentials(c.TemporalAPIKey)
	}
	return o, nil
}

func temporalTLS(c config.Config) (*tls.Config, error) {
	if !c.TemporalTLS && c.TemporalTLSCert == "" && c.TemporalTLSCA == "" {
		return nil, nil
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.TemporalTLSServerName}
	var err error
	if t.RootCAs, err = roots(c.TemporalTLSCA); err != nil {
		return nil, err
	}
	if c.TemporalTLSCert == "" {
		return t, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TemporalTLSCert, c.TemporalTLSKey)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate for Temporal: %w", err)
	}
	t.Certificates = []tls.Certificate{pair}
	return t, nil
}
