package appsbooks

import "heraut/content"

// Secret is a text that opens something and does not show itself.
type Secret = content.Secret
