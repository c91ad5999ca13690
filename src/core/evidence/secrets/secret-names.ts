/** What a variable holds of which nothing but its name is known; the longest and surest words. */
const SECRET_WORDS =
  /^(?:.+_)?(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRETS|TOKEN|APIKEY|API_KEY|ACCESS_KEY|SECRET_KEY|PRIVATE_KEY|SIGNING_KEY|ENCRYPTION_KEY|MASTER_KEY|AUTH_KEY|SERVICE_ROLE_KEY|LICENSE_KEY|CREDENTIALS?|CONNECTION_STRING|DSN|WEBHOOK_URL|(?:[A-Z]+_)?(?:DATABASE|POSTGRES(?:QL)?|MYSQL|MONGO(?:DB)?|REDIS|AMQP|RABBITMQ|BROKER)_UR[IL])$|^(?:.+_)?[A-Z]+_(?:PASS|PWD)$|^AWS_ACCESS_KEY_ID$/;

/** Names of what everybody may know, though it has a word of a secret in it. */
const PUBLIC_WORDS =
  /(?:^|_)(?:PUBLIC|PUBLISHABLE|ANON|SITE|CSRF_COOKIE|NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC)(?:_|$)/;

/** Whether a variable is one that people keep secret, by its name alone: thin evidence, said as such wherever it is used. */
export function isNamedLikeSecret(name: string): boolean {
  const upper = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
  return SECRET_WORDS.test(upper) && !PUBLIC_WORDS.test(upper);
}
