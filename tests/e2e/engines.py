"""How a shop of each engine is bought from and looked at. What a test does with every engine is a function of both modules."""

import medusa
import woocommerce

ENGINES = {"medusa": medusa, "woocommerce": woocommerce}
