// Package client calls Heraut's REST API: for the command line and for tests.
// It is generated from api/openapi.yaml.
package client
