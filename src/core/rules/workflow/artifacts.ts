/** What runs upload beside what is deployed. */
const SIDE_PRODUCT =
  /coverage|report|result|screenshot|\blogs?\b|trace|video|playwright|cypress|junit|sbom|sarif|lcov|allure|snapshot|lint|metrics|benchmark|pr[-_]?number|changed/i;

/** Whether an artifact is by its name or path no more than what a test leaves behind. */
export function isSideProduct(name: string): boolean {
  return SIDE_PRODUCT.test(name);
}
