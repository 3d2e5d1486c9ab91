package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/spf13/cobra"

	"heraut/internal/config"
)

func newHealthcheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "healthcheck [worker]",
		Short: "Ask the process of this container whether it lives",
		Long: "Asks /livez of --listen, or of --metrics-listen for a worker. Exit code 0: it lives. " +
			"For the health checks of containers, on the machine of the process itself.",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"worker"},
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			address, secure := c.Listen, c.TLSCert != ""
			if len(args) > 0 {
				address, secure = c.MetricsListen, false
			}
			if address == "" {
				return usagef("a worker has no address without --metrics-listen")
			}
			return askAlive(cmd.Context(), address, secure)
		},
	}
	config.Bind(cmd, "healthcheck")
	return cmd
}

// askAlive asks on loopback where the process listens on every address.
func askAlive(ctx context.Context, address string, secure bool) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if addr, err := netip.ParseAddr(host); host == "" || (err == nil && addr.IsUnspecified()) {
		host = "localhost"
	}
	scheme := "http"
	if secure {
		scheme = "https"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/livez", http.NoBody)
	if err != nil {
		return err
	}
	// The certificate names the public host, not this address; nothing secret
	// is sent and the answer is believed as far as its status goes.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // see above
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return errors.New("nothing answers at " + address)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)) // the status is the answer
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the process at %s answers %s", address, response.Status)
	}
	return nil
}
